package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.graph.Graph;
import dev.millrace.graph.GraphFiles;
import dev.millrace.ops.Ops;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code millrace conformance} on small folders of fixtures. */
class ConformanceCommandTest {
  private static final String FIXTURES = "src/test/resources/conformance";

  @TempDir private Path folder;

  /** A fixture that feeds x and wants y of x + 1. */
  private void plusOne(String name, float x, float y) {
    Graph graph = new Graph();
    Ops tf = Ops.of(graph);
    tf.constant("feed/0", x);
    tf.constant("want/0", y);
    tf.placeholder("in/0", tf.constant("feed/0_type", x).dtype()).add(1).as("out/0");
    GraphFiles.write(folder.resolve(name + ".pb"), graph);
  }

  /** A fixture with an op that nobody has. */
  private void unknownOp(String name) {
    GraphFiles.write(
        folder.resolve(name + ".pb"),
        GraphFiles.parseText(
            """
            node { name: "unknown" op: "NoSuchOp" }
            node { name: "out/0" op: "Identity" input: "unknown" attr { key: "T" value { type: DT_FLOAT } } }
            node { name: "want/0" op: "Const"
              attr { key: "dtype" value { type: DT_FLOAT } }
              attr { key: "value" value { tensor { dtype: DT_FLOAT tensor_shape {} float_val: 1 } } } }
            """));
  }

  @Test
  void passingCasesExitWithZero() throws IOException {
    Path list = folder.resolve("passed.txt");
    CommandRun run =
        CommandRun.of(
            "conformance", FIXTURES, "--filter=^math_unary/Abs", "--list", list.toString());
    assertThat(run.err()).isEmpty();
    assertThat(run.status()).isZero();
    long cases = Files.readAllLines(list).size();
    assertThat(cases).isGreaterThan(3);
    assertThat(Files.readAllLines(list)).allMatch(name -> name.startsWith("math_unary/Abs__"));
    assertThat(run.out()).endsWith(cases + " passed, 0 failed\n");
    assertThat(run.out()).containsPattern("math_unary +" + cases + " +0\n");
  }

  @Test
  void failingCasesAreListedWithTheReason() {
    plusOne("good/Add__one", 1, 2);
    plusOne("bad/Add__one", 1, 2.5f);
    CommandRun run = CommandRun.of("conformance", folder.toString(), "--mode=plan");
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.out())
        .contains("FAILED bad/Add__one [plan]: out/0: element [] is 2.0, should be 2.5\n")
        .containsPattern("bad +0 +1\n")
        .containsPattern("good +1 +0\n")
        .endsWith("1 passed, 1 failed\n");
  }

  @Test
  void modesAreCheckedOneByOne() {
    plusOne("bad", 1, 3);
    assertThat(CommandRun.of("conformance", folder.toString(), "--mode=reference").out())
        .contains("FAILED bad [reference]");
    assertThat(CommandRun.of("conformance", folder.toString()).out())
        .contains("FAILED bad [plan]")
        .endsWith("0 passed, 1 failed\n");
  }

  @Test
  void missingOpTypesAreCounted() {
    unknownOp("NoSuchOp__a");
    unknownOp("NoSuchOp__b");
    CommandRun run = CommandRun.of("conformance", folder.toString());
    assertThat(run.out())
        .contains("Missing op types, by the number of failed cases that have them:\n")
        .containsPattern("\n +2  NoSuchOp\n")
        .endsWith("0 passed, 2 failed\n");
  }

  @Test
  void verboseShowsTheWholeFailure() {
    plusOne("bad", 1, 3);
    assertThat(CommandRun.of("conformance", folder.toString(), "-v").out())
        .contains("FixtureFailure: out/0", "\tat dev.millrace");
  }

  @Test
  void damagedFilesFailLikeCases() throws IOException {
    Files.writeString(folder.resolve("broken.pb"), "\u0001\u0002 this is no graph");
    CommandRun run = CommandRun.of("conformance", folder.toString());
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.out()).contains("FAILED broken [plan]: ").endsWith("0 passed, 1 failed\n");
  }

  @Test
  void foldersWithoutFixturesAreErrors() {
    CommandRun empty = CommandRun.of("conformance", folder.toString());
    assertThat(empty.status()).isEqualTo(1);
    assertThat(empty.err()).isEqualTo("millrace: no fixtures (*.pb) in " + folder + "\n");
    CommandRun absent = CommandRun.of("conformance", folder.resolve("absent").toString());
    assertThat(absent.status()).isEqualTo(1);
    assertThat(absent.err())
        .isEqualTo("millrace: there is no file " + folder.resolve("absent") + "\n");
  }
}
