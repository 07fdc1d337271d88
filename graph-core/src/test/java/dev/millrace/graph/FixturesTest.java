package dev.millrace.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.millrace.proto.GraphDef;
import dev.millrace.proto.NodeDef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The graphs that TensorFlow wrote, where environment variable {@code MILLRACE_FIXTURES} leads. */
class FixturesTest {
  private static List<Path> files() throws IOException {
    String root = System.getenv("MILLRACE_FIXTURES");
    assumeTrue(root != null, "MILLRACE_FIXTURES is not set: no graphs of TensorFlow's to read");
    try (Stream<Path> s = Files.walk(Path.of(root))) {
      return s.filter(p -> p.toString().endsWith(".pb")).sorted().toList();
    }
  }

  @Test
  void everyGraphIsReadAndWrittenAgain() throws IOException {
    List<Path> files = files();
    assertThat(files).isNotEmpty();
    for (Path file : files) {
      GraphDef d = GraphFiles.read(file);
      assertThat(d.getNodeCount()).as(file.toString()).isPositive();
      assertThat(GraphDef.parseFrom(d.toByteArray())).as(file.toString()).isEqualTo(d);
      // No field of theirs is one that we do not know.
      assertThat(d.getUnknownFields().asMap()).isEmpty();
      assertThat(d.toByteArray()).hasSize((int) Files.size(file));
      String text = com.google.protobuf.TextFormat.printer().printToString(d);
      assertThat(GraphFiles.parseText(text)).as(file.toString()).isEqualTo(d);
    }
  }

  @Test
  void everyAttributeIsReadAndWrittenAgain() throws IOException {
    int constants = 0;
    for (Path file : files()) {
      for (NodeDef n : GraphFiles.read(file).getNodeList()) {
        AttrProtos.readAll(n.getAttrMap())
            .forEach(
                (name, v) ->
                    assertThat(AttrProtos.read(AttrProtos.write(v)))
                        .as(file + " " + n.getName() + " " + name)
                        .isEqualTo(v));
        if (n.getOp().equals("Const")) {
          TensorValue v = TensorProtos.read(n.getAttrOrThrow("value").getTensor());
          assertThat(v.dtype().number()).isEqualTo(n.getAttrOrThrow("dtype").getTypeValue());
          constants++;
        }
      }
    }
    assertThat(constants).isPositive();
  }

  /** With no op type known at all, every graph is kept as it is. */
  @Test
  void everyGraphCanBeKept() throws IOException {
    for (Path file : files()) {
      GraphDef d = GraphFiles.read(file);
      Graph g = new Graph(new OpRegistry());
      ImportedGraph r = g.importGraphDef(d);
      assertThat(r.operations()).hasSize(d.getNodeCount());
      Graph again = new Graph(new OpRegistry());
      GraphDef first = g.toGraphDef();
      again.importGraphDef(first);
      assertThat(again.toGraphDef()).as(file.toString()).isEqualTo(first);
      for (NodeDef n : d.getNodeList()) {
        assertThat(g.operation(n.getName()).attrs().asMap()).hasSize(n.getAttrCount());
        assertThat(new GraphExporter(g).node(g.operation(n.getName())).getInputList().size())
            .isLessThanOrEqualTo(n.getInputCount());
      }
    }
  }
}
