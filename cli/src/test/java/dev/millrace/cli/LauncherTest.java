package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code bin/millrace}, in a checkout that seems built, with a Java that tells what it is asked
 * for.
 */
class LauncherTest {
  private static final Path CHECKOUT = Path.of("..");
  private static final Pattern COMMAND = Pattern.compile("^  ([a-z][a-z0-9-]*) {2,}\\S.*");

  @TempDir private Path root;

  @BeforeEach
  void checkout() throws Exception {
    assumeTrue(
        !System.getProperty("os.name").startsWith("Windows"), "the launcher is a shell script");
    Files.createDirectories(root.resolve("bin"));
    Files.copy(CHECKOUT.resolve("bin/millrace"), root.resolve("bin/millrace"));
    for (String module : List.of("cli", "examples", "bench")) {
      Files.writeString(
          Files.createDirectories(root.resolve(module)).resolve("pom.xml"), "<project/>");
      Files.createDirectories(root.resolve(module + "/target/classes"));
    }
    for (String tool : List.of("java", "jshell")) {
      Path file = Files.createDirectories(root.resolve("jdk/bin")).resolve(tool);
      Files.writeString(file, "#!/bin/sh\necho " + tool + " \"$@\"\n");
      assertThat(file.toFile().setExecutable(true)).isTrue();
    }
    Thread.sleep(20); // class paths are younger than the sources
    for (String module : List.of("cli", "examples", "bench")) {
      Files.writeString(
          root.resolve(module + "/target/classpath.txt"),
          root.resolve(module + "/target/classes").toString());
    }
  }

  private record Ran(int status, String out) {}

  private Ran launch(String... args) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(List.of("bash", root.resolve("bin/millrace").toString()));
    command.addAll(List.of(args));
    ProcessBuilder b = new ProcessBuilder(command).redirectErrorStream(true);
    b.environment().put("JAVA_HOME", root.resolve("jdk").toString());
    b.environment().remove("MILLRACE_JAVA_OPTS");
    Process p = b.start();
    p.getOutputStream().close();
    String out = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Ran(p.waitFor(), out);
  }

  /** The commands that the usage lists, in its order. */
  private List<String> listed() throws Exception {
    Ran usage = launch("--help");
    assertThat(usage.status).isZero();
    List<String> all = new ArrayList<>();
    for (String line : usage.out.split("\n", -1)) {
      Matcher m = COMMAND.matcher(line);
      if (line.startsWith("Environment")) {
        break;
      } else if (m.matches()) {
        all.add(m.group(1));
      }
    }
    return all;
  }

  @Test
  void everyListedCommandStartsAProgramThatIsThere() throws Exception {
    List<String> commands = listed();
    assertThat(commands)
        .contains("mnist", "run", "show", "checkpoint", "jshell")
        .hasSizeGreaterThan(12);
    Map<String, String> mains = new TreeMap<>();
    for (String c : commands) {
      Ran r = launch(c, "--some", "argument");
      assertThat(r.status).as("%s: %s", c, r.out).isZero();
      assertThat(r.out.strip()).as(c).endsWith("--some argument");
      if (c.equals("jshell")) {
        assertThat(r.out).startsWith("jshell ").contains("jshell-startup.jsh");
        continue;
      }
      Matcher m = Pattern.compile(" ((?:dev|org)\\.[\\w.]+) (.*)--some argument").matcher(r.out);
      assertThat(m.find()).as("%s: %s", c, r.out).isTrue();
      mains.put(c, m.group(1));
      if (m.group(1).equals(Main.class.getName())) {
        assertThat(m.group(2).strip()).isEqualTo(c);
        assertThat(Main.commandLine().getSubcommands()).containsKey(c);
      }
    }
    for (Map.Entry<String, String> e : mains.entrySet()) {
      if (e.getValue().startsWith("dev.millrace.")) {
        assertThat(List.of("cli", "examples", "bench"))
            .as("%s: %s", e.getKey(), e.getValue())
            .anyMatch(module -> Files.exists(source(module, e.getValue())));
      }
    }
    assertThat(mains.values()).contains("org.openjdk.jmh.Main");
  }

  private static Path source(String module, String type) {
    return CHECKOUT.resolve(module + "/src/main/java/" + type.replace('.', '/') + ".java");
  }

  @Test
  void everySubcommandIsListed() throws Exception {
    assertThat(listed()).containsAll(Main.commandLine().getSubcommands().keySet());
  }

  @Test
  void anUnknownCommandIsExplained() throws Exception {
    Ran r = launch("fly");
    assertThat(r.status).isEqualTo(2);
    assertThat(r.out).contains("millrace: unknown command: fly", "Usage:");
  }
}
