package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.prefs.AbstractPreferences;
import jdk.jshell.tool.JavaShellToolBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * JShell with the start-up script and class path that {@code bin/millrace jshell} gives it, driven
 * by a script.
 */
class JShellTest {
  private static final Path STARTUP = Path.of("..", "bin", "jshell-startup.jsh");

  @TempDir private Path folder;

  private String run(List<String> lines) throws Exception {
    Path script = Files.write(folder.resolve("script.jsh"), lines, StandardCharsets.UTF_8);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrintStream to = new PrintStream(out, true, StandardCharsets.UTF_8);
    JavaShellToolBuilder.builder()
        .in(new ByteArrayInputStream(new byte[0]), null)
        .out(to)
        .err(to)
        .persistence(new NoPreferences())
        .start(
            "--class-path",
            System.getProperty("java.class.path"),
            "--startup",
            "DEFAULT",
            "--startup",
            STARTUP.toString(),
            "-R-Dorg.nd4j.log.initialization=false",
            script.toString());
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void aGraphTakesThreeLines() throws Exception {
    String printed =
        run(
            List.of(
                "var tf = Ops.of(new Graph())",
                "var y = tf.constant(new float[][] {{6.2f, 12.0f, 5.9f}}).matmul(tf.constant(new float[][] {{9.3f}, {1.7f}, {8.8f}}))",
                "var session = new InteractiveSession(y.graph())",
                "System.out.println(y)",
                "System.out.println(y.eval())",
                "System.out.println(session.fetch(y.add(1)))",
                "/exit"));
    assertThat(printed)
        .contains(
            "Tensor(\"MatMul:0\", shape=[1,1], dtype=float32)", "float32[1,1] {129.98}", "130.98");
    assertThat(printed).doesNotContain("Error");
  }

  @Test
  void errorsNameTheLineInTheShell() throws Exception {
    String printed =
        run(
            List.of(
                "var tf = Ops.of(new Graph())",
                "var x = tf.placeholder(\"x\", DataType.FLOAT32, -1, 3)",
                "try { x.matmul(tf.constant(new float[][] {{1, 2}})); } catch (InvalidArgumentException e) { System.out.println(e.getMessage()); }",
                "/exit"));
    assertThat(printed).contains("[?,3] times [1,2]", "made at REPL.");
  }

  /** Keeps the shell from reading or writing the user's settings. */
  private static final class NoPreferences extends AbstractPreferences {
    NoPreferences() {
      super(null, "");
    }

    @Override
    protected void putSpi(String key, String value) {}

    @Override
    protected String getSpi(String key) {
      return null;
    }

    @Override
    protected void removeSpi(String key) {}

    @Override
    protected void removeNodeSpi() {}

    @Override
    protected String[] keysSpi() {
      return new String[0];
    }

    @Override
    protected String[] childrenNamesSpi() {
      return new String[0];
    }

    @Override
    protected AbstractPreferences childSpi(String name) {
      throw new IllegalArgumentException(name);
    }

    @Override
    protected void syncSpi() {}

    @Override
    protected void flushSpi() {}
  }
}
