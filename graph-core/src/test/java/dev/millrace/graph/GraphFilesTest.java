package dev.millrace.graph;

import static dev.millrace.graph.GraphImportTest.def;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.proto.GraphDef;
import dev.millrace.proto.MetaGraphDef;
import dev.millrace.proto.NodeDef;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GraphFilesTest {
  @TempDir Path dir;

  private final GraphDef graph = def(GraphLoopsTest.LOOP, "versions { producer: 134 }");

  private List<String> files() throws IOException {
    try (Stream<Path> s = Files.list(dir)) {
      return s.map(p -> p.getFileName().toString()).sorted().toList();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"g.pb", "g.pbtxt", "g.txt", "g.PBTXT", "g.prototxt", "g", "g.bin", "a/b/g.pb"})
  void whatIsWrittenIsReadAgain(String name) throws IOException {
    Path file = dir.resolve(name);
    Graph g = TestOps.graph();
    g.importGraphDef(graph);
    GraphFiles.write(file, g);
    assertThat(GraphFiles.read(file)).isEqualTo(g.toGraphDef());
    boolean text = name.toLowerCase(java.util.Locale.ROOT).endsWith("txt");
    assertThat(Files.readString(file, StandardCharsets.ISO_8859_1).startsWith("node {"))
        .isEqualTo(text);
    if (!name.contains("/")) {
      assertThat(files()).containsExactly(name);
    }
  }

  @Test
  void aFileIsReplacedAsAWhole() throws IOException {
    Path file = dir.resolve("g.pb");
    Files.writeString(file, "x".repeat(100_000));
    GraphFiles.write(file, graph);
    assertThat(GraphFiles.read(file)).isEqualTo(graph);
    assertThat(files()).containsExactly("g.pb");
  }

  @Test
  void aFailedWriteLeavesTheOldFile() throws IOException {
    Path folder = dir.resolve("g.pb");
    Files.createDirectories(folder.resolve("full"));
    assertThatThrownBy(() -> GraphFiles.write(folder, graph))
        .isInstanceOf(UnknownException.class)
        .hasMessageContaining("cannot write");
    assertThat(files()).containsExactly("g.pb");
  }

  @Test
  void theContentTellsTextFromBinary() throws IOException {
    Path file = dir.resolve("g.pb");
    Files.writeString(file, "  # a comment: with { this\n\n" + text(graph));
    assertThat(GraphFiles.read(file)).isEqualTo(graph);
    Path other = dir.resolve("g.pbtxt");
    Files.write(other, graph.toByteArray());
    assertThat(GraphFiles.read(other)).isEqualTo(graph);
    assertThat(GraphFiles.parse(graph.toByteArray())).isEqualTo(graph);
    assertThat(GraphFiles.parse(text(graph).getBytes(StandardCharsets.UTF_8))).isEqualTo(graph);
    assertThat(GraphFiles.parse(new byte[0])).isEqualTo(GraphDef.getDefaultInstance());
    assertThat(GraphFiles.parse("\n\n".getBytes(StandardCharsets.UTF_8)))
        .isEqualTo(GraphDef.getDefaultInstance());
  }

  private static String text(GraphDef d) {
    return com.google.protobuf.TextFormat.printer().printToString(d);
  }

  /** A node of 110 bytes ('n') with a name of 58 (':') begins as text does. */
  @Test
  void binaryThatLooksLikeText() throws IOException {
    NodeDef.Builder n = NodeDef.newBuilder().setName("x".repeat(58)).setOp("NoOp");
    n.setDevice("d".repeat(110 - n.build().getSerializedSize() - 2));
    GraphDef d = GraphDef.newBuilder().addNode(n).build();
    byte[] bytes = d.toByteArray();
    assertThat(new String(bytes, 0, 4, StandardCharsets.UTF_8)).isEqualTo("\nn\n:");
    assertThat(GraphFiles.parse(bytes)).isEqualTo(d);
    Path file = dir.resolve("g.pb");
    Files.write(file, bytes);
    assertThat(GraphFiles.read(file)).isEqualTo(d);
  }

  @Test
  void aMissingFile() {
    assertThatThrownBy(() -> GraphFiles.read(dir.resolve("none.pb")))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("none.pb");
  }

  @Test
  void aFileCutOffIsDataLoss() throws IOException {
    byte[] bytes = graph.toByteArray();
    Path file = dir.resolve("g.pb");
    Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length - 3));
    assertThatThrownBy(() -> GraphFiles.read(file))
        .isInstanceOf(DataLossException.class)
        .hasMessageContaining("g.pb is damaged or cut off");
    assertThatThrownBy(() -> GraphFiles.parse(new byte[] {10, 127, 1}))
        .isInstanceOf(DataLossException.class);
  }

  @Test
  void aMistakeInTextNamesTheLine() throws IOException {
    Path file = dir.resolve("g.pbtxt");
    Files.writeString(file, "node {\n  name: 'a'\n  opp: 'b'\n}\n");
    assertThatThrownBy(() -> GraphFiles.read(file))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("g.pbtxt is not a GraphDef in text form, at line 3, column 3");
    assertThatThrownBy(() -> GraphFiles.parseText("node {"))
        .isInstanceOf(InvalidArgumentException.class);
  }

  @Test
  void otherMessages() {
    MetaGraphDef meta = MetaGraphDef.newBuilder().setGraphDef(graph).build();
    Path file = dir.resolve("m.meta");
    GraphFiles.write(file, meta);
    assertThat(GraphFiles.read(file, MetaGraphDef.getDefaultInstance())).isEqualTo(meta);
  }

  @Test
  void nestingHasALimit() {
    StringBuilder deep = new StringBuilder();
    for (int i = 0; i < 100_000; i++) {
      deep.append("func { attr { key: 'a' value { ");
    }
    String text = "node { attr { key: 'a' value { " + deep;
    assertThatThrownBy(() -> GraphFiles.parseText(text))
        .isInstanceOf(InvalidArgumentException.class);
  }
}
