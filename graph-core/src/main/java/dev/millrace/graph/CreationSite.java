package dev.millrace.graph;

import java.lang.StackWalker.StackFrame;
import java.util.List;

/**
 * The line of user code that made a node: the innermost stack frame outside the library's own
 * packages.
 *
 * <p>Recording costs about a microsecond a node; the system property {@code
 * millrace.creationSites=false} turns it off.
 */
public final class CreationSite {
  private static final CreationSite UNKNOWN = new CreationSite(null);
  private static final boolean ENABLED =
      !"false".equals(System.getProperty("millrace.creationSites"));
  private static final List<String> OWN_PACKAGES =
      List.of(
          "dev.millrace.graph.",
          "dev.millrace.ops.",
          "dev.millrace.autodiff.",
          "dev.millrace.train.",
          "dev.millrace.session.",
          "dev.millrace.rnn.",
          "java.",
          "jdk.");

  private final StackTraceElement frame;

  private CreationSite(StackTraceElement frame) {
    this.frame = frame;
  }

  /** The site of the call that is being made on this thread. */
  public static CreationSite here() {
    if (!ENABLED) {
      return UNKNOWN;
    }
    StackFrame f =
        StackWalker.getInstance()
            .walk(s -> s.filter(x -> !isOwn(x.getClassName())).findFirst().orElse(null));
    return f == null ? UNKNOWN : new CreationSite(f.toStackTraceElement());
  }

  static CreationSite unknown() {
    return UNKNOWN;
  }

  private static boolean isOwn(String className) {
    for (String p : OWN_PACKAGES) {
      if (className.startsWith(p)) {
        return true;
      }
    }
    return false;
  }

  public boolean isKnown() {
    return frame != null;
  }

  /** The stack frame, or null if it is not known. */
  public StackTraceElement frame() {
    return frame;
  }

  /** As a stack trace prints it, so that IDEs turn it into a link. */
  @Override
  public String toString() {
    return frame == null ? "an unknown line" : frame.toString();
  }
}
