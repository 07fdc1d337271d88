package dev.millrace.graph;

/**
 * An open scope of a graph (names, device, control dependencies, colocation), to be closed where it
 * ends:
 *
 * <pre>{@code
 * try (var s = graph.nameScope("layer1")) { ... }
 * }</pre>
 *
 * <p>Scopes close in the reverse order of opening.
 */
public final class Scope implements AutoCloseable {
  private final Runnable restore;
  private final String name;
  private boolean closed;

  Scope(String name, Runnable restore) {
    this.name = name;
    this.restore = restore;
  }

  /**
   * For a name scope: its full name with a slash at the end, which re-enters it when given as a
   * name; else empty.
   */
  public String name() {
    return name;
  }

  /** Ends the scope; a second call does nothing. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      restore.run();
    }
  }
}
