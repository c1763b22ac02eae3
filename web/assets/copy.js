// Puts a button on every piece of code that copies it.
"use strict";

function addCopyButtons(root) {
  for (const block of root.querySelectorAll("pre")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = "Copy";
    block.append(button);
  }
}

// The clipboard is for pages on TLS and on this machine only; elsewhere the selection does.
async function copyText(code) {
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(code.textContent);
    return;
  }
  const selection = getSelection();
  selection.selectAllChildren(code);
  document.execCommand("copy");
  selection.removeAllRanges();
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest(".copy");
  if (button === null) {
    return;
  }
  await copyText(button.parentElement.querySelector("code"));
  button.textContent = "Copied";
  setTimeout(() => (button.textContent = "Copy"), 1500);
});
addCopyButtons(document);
