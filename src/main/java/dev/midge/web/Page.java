package dev.midge.web;

import dev.midge.certs.InvalidRequest;
import dev.midge.listener.Site.Request;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Which part of a long list is asked for: those of its items that come after a name, in the order
/// of their names, up to a number of them.
///
/// @param fields all fields of the request
/// @param after the name that they come after, or an empty string for the beginning
/// @param limit how many at most
record Page(Fields fields, String after, int limit) {
  private static final int LIMIT_MAX = 1000;
  private static final int LIMIT_USUAL = 100;

  /// The part that a request asks for.
  ///
  /// @param others the names of the fields that it may have besides
  static Page of(Request request, String... others) throws Problem {
    Set<String> known = new HashSet<>(Set.of(others));
    known.addAll(Set.of("after", "limit"));
    try {
      Fields fields = Fields.read(request.query(), known);
      int limit = fields.value("limit").isEmpty() ? LIMIT_USUAL : fields.whole("limit");
      if (limit < 1 || limit > LIMIT_MAX) {
        throw Problem.badRequest("'limit' is 1 to " + LIMIT_MAX + ".");
      }
      return new Page(fields, fields.value("after"), limit);
    } catch (InvalidRequest e) {
      throw Problem.badRequest(String.valueOf(e.getMessage()));
    }
  }

  /// Gathers the items that belong to it, whatever order they come in, in memory for no more than
  /// belong to it.
  <T> Gathering<T> gathering(Function<T, String> name) {
    return new Gathering<>(this, name);
  }

  /// The items of a page.
  static final class Gathering<T> {
    private final Page page;
    private final Function<T, String> name;
    private final PriorityQueue<T> last;
    private boolean isCut;

    private Gathering(Page page, Function<T, String> name) {
      this.page = page;
      this.name = name;
      this.last = new PriorityQueue<>(Comparator.comparing(name).reversed());
    }

    /// One that the list has.
    void add(T item) {
      if (name.apply(item).compareTo(page.after) > 0) {
        last.add(item);
        if (last.size() > page.limit) {
          last.remove();
          isCut = true;
        }
      }
    }

    /// Those of the page, in their order.
    List<T> items() {
      return last.stream().sorted(Comparator.comparing(name)).toList();
    }

    /// What the next page comes after, or null when this is the last one.
    @Nullable String next() {
      T greatest = last.peek();
      return isCut && greatest != null ? name.apply(greatest) : null;
    }
  }
}
