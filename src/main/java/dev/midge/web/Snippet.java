package dev.midge.web;

/// How to get a first message from a listener with one tool.
///
/// @param id a word for the tool, good as part of an identifier
/// @param tool what people call it
/// @param code what to copy
record Snippet(String id, String tool, String code) {}
