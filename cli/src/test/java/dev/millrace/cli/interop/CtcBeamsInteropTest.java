package dev.millrace.cli.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.millrace.cli.conformance.Differences;
import dev.millrace.graph.DataType;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.session.SessionOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Beam searches of random scores: TensorFlow 1.15.0 keeps and drops the same beams, whatever the
 * width. Needs the Maven profile {@code interop}.
 */
class CtcBeamsInteropTest {
  private static final double TOLERANCE = 1e-5;
  private static final int CASES = 400;

  @TempDir private Path work;

  @Test
  void beamsAreTensorFlows() throws Exception {
    assumeTrue(TensorFlowJudge.isPresent(), "TensorFlow comes with the Maven profile interop");
    FluentCalls calls = new FluentCalls();
    Random random = new Random(1);
    for (int i = 0; i < CASES; i++) {
      addSearch(calls, random, i);
    }
    List<TensorValue> want = TensorFlowJudge.run(Map.of("beams", calls.graph()), work).get("beams");
    List<TensorValue> got = calls.run(SessionOptions.reference());
    List<String> wrong = new ArrayList<>();
    for (int k = 0; k < want.size(); k++) {
      String d = Differences.find(got.get(k), want.get(k), TOLERANCE);
      if (d != null) {
        wrong.add(calls.names().get(k) + ": " + d);
      }
    }
    assertThat(wrong).isEmpty();
  }

  private static void addSearch(FluentCalls calls, Random r, int i) {
    int width = 1 + r.nextInt(20);
    int time = 3 + r.nextInt(6);
    int classes = 3 + r.nextInt(4);
    int paths = 1 + r.nextInt(Math.min(width, 3));
    boolean merge = r.nextBoolean();
    DataType type = r.nextInt(4) == 0 ? DataType.FLOAT64 : DataType.FLOAT32;
    double[] scores = new double[time * 2 * classes];
    for (int k = 0; k < scores.length; k++) {
      scores[k] = 2 * r.nextGaussian();
    }
    int[] lengths = {time, 3 + r.nextInt(time - 2)};
    calls.add(
        "case " + i + ", width " + width + ", merge " + merge + ", " + type,
        (f, tf) -> {
          TensorValue x = TensorValue.wrap(DataType.FLOAT64, Shape.of(time, 2, classes), scores);
          return results(tf, f.in(x).cast(type), f.ints(lengths), width, paths, merge);
        });
  }

  private static List<Tensor> results(
      Ops tf, Tensor x, Tensor lengths, int width, int paths, boolean merge) {
    Operation op =
        tf.op("CTCBeamSearchDecoder", null)
            .input(x)
            .input(lengths)
            .attr("beam_width", width)
            .attr("top_paths", paths)
            .attr("merge_repeated", merge)
            .build();
    List<Tensor> all = new ArrayList<>();
    op.outputs().forEach(o -> all.add(tf.tensor(o)));
    return all;
  }
}
