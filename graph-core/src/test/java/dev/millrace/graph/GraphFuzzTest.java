package dev.millrace.graph;

import static dev.millrace.graph.GraphImportTest.def;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.proto.GraphDef;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

/**
 * Damaged files: whatever is in them, it is one of our errors, or a graph that can be written.
 * {@code -Dmillrace.fuzz=100000} is the long form.
 */
class GraphFuzzTest {
  private static final int TIMES = Integer.getInteger("millrace.fuzz", 5000);
  private static final Duration LIMIT = Duration.ofMinutes(60);

  /** A valid definition with something of everything. */
  private static GraphDef valid() {
    Graph g = GraphExportTest.random(new Random(11), 12);
    g.importGraphDef(
        def(
            GraphLoopsTest.LOOP,
            "library { function { signature { name: 'f' input_arg { name: 'a' type: DT_FLOAT } "
                + "output_arg { name: 'b' type_attr: 'T' } attr { name: 'T' type: 'type' "
                + "default_value { type: DT_INT32 } } } node_def { name: 'n' op: 'NoOp' } } }"),
        new ImportOptions().prefix("loop"));
    g.opBuilder("f", "call").input(g.output("x")).build();
    g.opBuilder("Pack", "pack").inputList(java.util.List.of(g.output("x"), g.output("x"))).build();
    g.opBuilder("Attributes", "all")
        .attr("tensor", TensorValue.of(new String[] {"a", "bcd"}))
        .attr("func", new AttrValue.Func("f", Map.of("T", AttrValue.of(DataType.INT32))))
        .build();
    return new GraphExporter(g).withShapes().toGraphDef();
  }

  private static byte[] damage(byte[] bytes, Random r) {
    byte[] b = bytes.clone();
    int times = 1 + r.nextInt(3);
    for (int i = 0; i < times && b.length > 0; i++) {
      int at = r.nextInt(b.length);
      switch (r.nextInt(12)) {
        case 0 -> b[at] = 0;
        case 1 -> b[at] = (byte) r.nextInt();
        case 2 -> b[at] += (byte) (r.nextBoolean() ? 1 : -1);
        case 3 -> b = splice(b, at, at + 1 + r.nextInt(4), new byte[0]);
        case 4 -> b = splice(b, at, at, new byte[] {(byte) r.nextInt(), (byte) r.nextInt()});
        case 5 -> {
          int from = r.nextInt(b.length);
          byte[] piece = Arrays.copyOfRange(b, from, Math.min(b.length, from + r.nextInt(40)));
          b = splice(b, at, at + (r.nextBoolean() ? piece.length : 0), piece);
        }
        case 6 -> b = Arrays.copyOf(b, at);
        default -> b[at] ^= (byte) (1 << r.nextInt(8)); // most damage keeps the lengths right
      }
    }
    return b;
  }

  private static byte[] splice(byte[] b, int from, int to, byte[] piece) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(b, 0, from);
    out.writeBytes(piece);
    int rest = Math.min(to, b.length);
    out.write(b, rest, b.length - rest);
    return out.toByteArray();
  }

  private record Tally(int parsed, int imported) {}

  private static Tally run(byte[] valid, int times, long seed) {
    int parsed = 0;
    int imported = 0;
    for (int i = 0; i < times; i++) {
      Random r = new Random(seed + i);
      byte[] bytes = damage(valid, r);
      Graph g = TestOps.graph();
      try {
        GraphDef d = GraphFiles.parse(bytes);
        parsed++;
        g.importGraphDef(d);
      } catch (MillraceException e) {
        assertThat(e.getMessage()).isNotEmpty();
        assertThat(e.code()).isNotEqualTo(StatusCode.INTERNAL);
        assertThat(g.size()).isZero();
        assertThat(g.functions().all()).isEmpty();
        continue;
      } catch (RuntimeException | StackOverflowError e) {
        throw new AssertionError("seed " + (seed + i), e);
      }
      imported++;
      GraphDef out = g.toGraphDef();
      Graph again = TestOps.graph();
      again.importGraphDef(out);
      assertThat(again.toGraphDef()).as("seed " + (seed + i)).isEqualTo(out);
    }
    return new Tally(parsed, imported);
  }

  @Test
  void damagedBinaryFiles() {
    byte[] valid = valid().toByteArray();
    Tally t = Assertions.assertTimeoutPreemptively(LIMIT, () -> run(valid, TIMES, 1_000_000));
    assertThat(t.parsed()).isGreaterThan(500);
    assertThat(t.imported()).isGreaterThan(50).isLessThan(t.parsed());
  }

  @Test
  void damagedTextFiles() {
    byte[] valid =
        com.google.protobuf.TextFormat.printer()
            .printToString(valid())
            .getBytes(java.nio.charset.StandardCharsets.UTF_8);
    Tally t =
        Assertions.assertTimeoutPreemptively(
            LIMIT, () -> run(valid, Math.max(1000, TIMES / 5), 2_000_000));
    assertThat(t.parsed()).isGreaterThan(20);
    assertThat(t.imported()).isGreaterThan(5).isLessThan(t.parsed());
  }

  /** Bytes that were never a graph. */
  @Test
  void noise() {
    Random r = new Random(7);
    for (int i = 0; i < 2000; i++) {
      byte[] b = new byte[r.nextInt(60)];
      r.nextBytes(b);
      try {
        TestOps.graph().importGraphDef(GraphFiles.parse(b));
      } catch (MillraceException e) {
        assertThat(e.code()).isIn(StatusCode.INVALID_ARGUMENT, StatusCode.DATA_LOSS);
      }
    }
  }
}
