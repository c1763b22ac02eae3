package dev.midge.web;

import dev.midge.listener.Site;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A site that is made when somebody first comes to it: until then it costs the server nothing. Any
/// thread.
public final class LazySite implements Site {
  private final Supplier<Site> maker;
  private volatile @Nullable Site site;

  /// @param maker makes the site, once
  public LazySite(Supplier<Site> maker) {
    this.maker = maker;
  }

  @Override
  public Answer answer(Request request) {
    Site made = site;
    return (made == null ? make() : made).answer(request);
  }

  private synchronized Site make() {
    Site made = site;
    if (made == null) {
      made = maker.get();
      site = made;
    }
    return made;
  }
}
