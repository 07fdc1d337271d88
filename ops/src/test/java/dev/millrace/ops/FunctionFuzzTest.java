package dev.millrace.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.graph.DataType;
import dev.millrace.graph.FunctionBody;
import dev.millrace.graph.FunctionCall;
import dev.millrace.graph.Graph;
import dev.millrace.graph.GraphFiles;
import dev.millrace.graph.MillraceException;
import dev.millrace.graph.Operation;
import dev.millrace.graph.StatusCode;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Damaged functions: whatever is in them, it is one of our errors, or a body that can be written.
 */
class FunctionFuzzTest {
  private static String valid() {
    Ops tf = Ops.of(new Graph());
    Tensor x = tf.placeholder("x", DataType.FLOAT32, 2, 3);
    Tensor p = tf.placeholder("p", DataType.BOOL, new long[0]);
    Variable v = tf.variable("v", 1f);
    tf.whileLoop(
        (i, h) -> i.less(5),
        (i, h) ->
            List.of(
                i.add(1),
                tf.cond(p, () -> h.mul(x.unstack(2, 0).get(1)), () -> h.add(v.readValue()))),
        0,
        x);
    return GraphFiles.toText(tf.graph());
  }

  private static String damage(String text, Random r) {
    StringBuilder b = new StringBuilder(text);
    for (int i = 0; i < 1 + r.nextInt(3); i++) {
      int from = b.indexOf("library");
      int at = from + r.nextInt(b.length() - from);
      switch (r.nextInt(4)) {
        case 0 -> b.setCharAt(at, "0123456789:^-_\"abT{}".charAt(r.nextInt(19)));
        case 1 -> b.insert(at, "0123456789:^-_\"abT{}".charAt(r.nextInt(19)));
        case 2 -> b.deleteCharAt(at);
        default -> { // a line in the place of another
          int a = b.lastIndexOf("\n", at) + 1;
          int other = b.lastIndexOf("\n", from + r.nextInt(b.length() - from)) + 1;
          String line = b.substring(other, Math.max(other, b.indexOf("\n", other)));
          b.replace(a, Math.max(a, b.indexOf("\n", a)), line);
        }
      }
    }
    return b.toString();
  }

  @Test
  void damagedFunctions() {
    String valid = valid();
    int imported = 0;
    int read = 0;
    for (int i = 0; i < 1500; i++) {
      String text = damage(valid, new Random(i));
      Graph g = new Graph();
      try {
        g.importGraphDef(GraphFiles.parseText(text));
        imported++;
        for (Operation op : g.operations()) {
          if (FunctionCall.isCall(op)) {
            for (FunctionBody b : FunctionCall.bodies(op)) {
              b.toProto();
              read++;
            }
          }
        }
      } catch (MillraceException e) {
        assertThat(e.getMessage()).isNotEmpty();
        assertThat(e.code()).as("seed " + i).isNotEqualTo(StatusCode.INTERNAL);
      } catch (RuntimeException | StackOverflowError e) {
        throw new AssertionError("seed " + i, e);
      }
    }
    assertThat(imported).isGreaterThan(100);
    assertThat(read).isGreaterThan(100);
  }
}
