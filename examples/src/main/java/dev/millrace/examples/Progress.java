package dev.millrace.examples;

import java.io.Console;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;

/** Progress bars on the terminal, for programs whose output may go elsewhere too. */
final class Progress {
  private Progress() {}

  /**
   * Begins a bar, which goes to the standard error; it stays invisible where nobody looks on.
   *
   * @param task what stands before the bar
   * @param unit what is counted
   * @param max the count at which it is full
   */
  static ProgressBar bar(String task, String unit, long max) {
    ProgressBarBuilder bar =
        new ProgressBarBuilder().setTaskName(task).setInitialMax(max).setUnit(" " + unit, 1);
    if (!onTerminal()) {
      bar.setConsumer(new DelegatingProgressBarConsumer(line -> {}));
    }
    return bar.build();
  }

  /** Before Java 22 a console exists on terminals only; since then, one exists always and tells. */
  @SuppressWarnings("SystemConsoleNull") // both ways of asking are here
  private static boolean onTerminal() {
    Console console = System.console();
    if (console == null) {
      return false;
    }
    try {
      return (boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (ReflectiveOperationException e) {
      return true;
    }
  }
}
