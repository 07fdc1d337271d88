package dev.millrace.cli.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.millrace.autodiff.GradientFunction;
import dev.millrace.autodiff.GradientRegistry;
import dev.millrace.cli.conformance.Differences;
import dev.millrace.cli.conformance.FixtureCase;
import dev.millrace.graph.MillraceException;
import dev.millrace.graph.TensorValue;
import dev.millrace.proto.GraphDef;
import dev.millrace.session.SessionOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The gradients of every conformance case, built on the imported graph and exported, are computed
 * by TensorFlow 1.15.0 as they are here in both modes: first derivatives, and second ones where
 * there are any. Needs the Maven profile {@code interop}.
 */
class GradientsInteropTest {
  private static final Path CASES = Path.of("src", "test", "resources");
  private static final double TOLERANCE = 2e-5;

  /** TensorFlow computes in half precision, Millrace in double. */
  private static final double HALF_TOLERANCE = 5e-3;

  /** Small differences of large sums, in single precision. */
  private static final Set<String> ILL_CONDITIONED =
      Set.of("recorded.MatrixSquareRoot__f32_positive", "recorded.Qr__f32_3x5");

  private static final double ILL_CONDITIONED_TOLERANCE = 5e-4;

  /** Graphs on which TensorFlow fails, and why. */
  private static final Map<String, String> REFUSED = new TreeMap<>();

  /** Cases that are left out, and why. */
  private static final Map<String, String> DIFFERENT = new TreeMap<>();

  /** Gradients that TensorFlow cannot judge, and why. */
  private static final Map<String, String> NOT_JUDGED = new TreeMap<>();

  static {
    String noInverse =
        "the matrix has no inverse: TensorFlow fails, here the gradient is not finite";
    REFUSED.put("conformance.matrix.MatrixDeterminant__singular", noInverse);
    for (String type : new String[] {"LogMatrixDeterminant", "MatrixDeterminant"}) {
      REFUSED.put("recorded." + type + "__f32_singular", noInverse);
      REFUSED.put("recorded." + type + "__f64_singular", noInverse);
    }
    REFUSED.put("conformance.array.GatherNd__zero_depth", "ScatterNd into a scalar of nothing");
    REFUSED.put("conformance.nn.Conv2D__f32_dilated", "no dilated backprops on its CPU");
    REFUSED.put("recorded.MaxPool__depth", "no backprop along the depth on its CPU");
    REFUSED.put(
        "conformance.state.Assign__no_validate_shape", "the variable's shape is another by then");
    for (String what : new String[] {"Add", "Mul", "Div"}) {
      REFUSED.put(
          "recorded.SparseDenseCwise" + what + "__scalar", "no elements of a scalar by indices");
    }
    String ofGradients = "no gradient array of a gradient array";
    REFUSED.put("conformance.control.TensorArrayGradV3__accumulates", ofGradients);
    REFUSED.put("recorded.TensorArrayGradV3__read_twice_one_unused", ofGradients);
    REFUSED.put("recorded.TensorArrayGradWithShape__prepended", ofGradients);
    REFUSED.put("recorded.TensorArrayCloseV3__after_reading", "the array is closed by then");
    String noKernel = "no CPU kernel of MaxPoolGradGradWithArgmax";
    REFUSED.put("recorded.MaxPoolGradWithArgmax__same", noKernel);
    REFUSED.put("recorded.MaxPoolGradWithArgmax__batch_in_index", noKernel);
    DIFFERENT.put(
        "recorded.MaxPool3D__nan_and_infinity",
        "a window's NaN equals nothing there, so that its gradient goes nowhere");
    for (String how : new String[] {"Mean", "SqrtN"}) {
      DIFFERENT.put(
          "recorded.SparseSegment" + how + "WithNumSegments__none",
          "of no rows TensorFlow leaves the memory as it was");
    }
    NOT_JUDGED.put("MaxPoolGradGradWithArgmax", noKernel);
    NOT_JUDGED.put("PyFunc", "it runs Java");
    NOT_JUDGED.put("PyFuncStateless", "it runs Java");
    NOT_JUDGED.put("TileGrad", "TensorFlow 1.15 takes it from graphs of version 2 or older only");
    for (String type : new String[] {"FFT", "IFFT", "FFT2D", "IFFT2D", "FFT3D", "IFFT3D"}) {
      NOT_JUDGED.put("Batch" + type, "TensorFlow 1.15 has no kernel of it any more");
    }
    NOT_JUDGED.put("BatchMatrixSolveLs", "the function of MatrixSolveLs, which is judged");
    for (String type : new String[] {"RefIdentity", "RefMerge"}) {
      NOT_JUDGED.put(type, "of references, whose gradients are taken of what is read");
    }
  }

  private static final Pattern WAITING =
      Pattern.compile("Queue|Barrier|Unstage|Stage|MapUn|OrderedMapUn|Accumulator|Mutex|Reader");

  @TempDir private Path work;

  private record Built(DifferentiatedCase c, Set<String> used) {}

  /** The functions of the global registry, which tell that they were asked. */
  private static GradientRegistry recording(Set<String> used) {
    GradientRegistry r = new GradientRegistry();
    GradientRegistry all = GradientRegistry.global();
    for (String type : all.types()) {
      GradientFunction f = all.find(type);
      if (f == null && all.isNotDifferentiable(type)) {
        r.notDifferentiable(type, all.reason(type));
      } else if (f == null) {
        r.undefined(type, all.reason(type));
      } else {
        GradientFunction told =
            c -> {
              used.add(type);
              return f.gradients(c);
            };
        r.add(type, f.isBroadcasting() ? told.broadcasting() : told);
      }
    }
    return r;
  }

  private static Map<String, GraphDef> cases() throws Exception {
    Map<String, GraphDef> all = new LinkedHashMap<>(GradientGraphs.all());
    for (FixtureCase f : FixtureCase.find(CASES)) {
      all.put(f.name().replace('/', '.'), f.graph());
    }
    all.values().removeIf(GradientsInteropTest::isError);
    all.values().removeIf(GradientsInteropTest::mayWait);
    assertThat(all.keySet()).containsAll(DIFFERENT.keySet());
    all.keySet().removeAll(DIFFERENT.keySet());
    return all;
  }

  private static boolean isError(GraphDef def) {
    return def.getNodeList().stream().anyMatch(n -> n.getName().equals("want_error"));
  }

  /** What gives elements that other runs put there has no gradient, and would wait for them. */
  private static boolean mayWait(GraphDef def) {
    return def.getNodeList().stream().anyMatch(n -> WAITING.matcher(n.getOp()).lookingAt());
  }

  /** TensorFlow gives no gradient arrays of gradient arrays. */
  private static boolean hasTensorArray(GraphDef def) {
    return def.getNodeList().stream().anyMatch(n -> n.getOp().startsWith("TensorArray"));
  }

  @Test
  void everyGradientIsTensorFlowsToo() throws Exception {
    assumeTrue(TensorFlowJudge.isPresent(), "TensorFlow comes with the Maven profile interop");
    Map<String, Built> built = new LinkedHashMap<>();
    for (Map.Entry<String, GraphDef> e : cases().entrySet()) {
      Set<String> used = new TreeSet<>();
      try {
        DifferentiatedCase c = DifferentiatedCase.of(e.getValue(), recording(used));
        if (c != null) {
          built.put(e.getKey(), new Built(c, used));
          if (!hasTensorArray(e.getValue())) {
            c.differentiateAgain();
          }
        }
      } catch (MillraceException undefined) {
        // The gradient checks tell which ops have no gradient, and why.
        assertThat(undefined).hasMessageContaining("gradient");
      }
    }
    Map<String, GraphDef> graphs = new LinkedHashMap<>();
    built.forEach((name, b) -> graphs.put(name, b.c().graph()));
    Map<String, String> refused = new TreeMap<>();
    Map<String, List<TensorValue>> wants = TensorFlowJudge.run(graphs, work, refused);
    assertThat(refused.keySet()).as("%s", refused).isEqualTo(REFUSED.keySet());

    Map<String, String> wrong = new TreeMap<>();
    Set<String> covered = new TreeSet<>();
    int values = 0;
    for (Map.Entry<String, List<TensorValue>> want : wants.entrySet()) {
      Built b = built.get(want.getKey());
      String difference = difference(want.getKey(), b.c(), want.getValue());
      if (difference != null) {
        wrong.put(want.getKey(), difference);
      } else {
        covered.addAll(b.used());
        values += want.getValue().size();
      }
    }
    System.out.printf(
        "%d gradients of %d cases, by the functions of %d op types%n",
        values, wants.size(), covered.size());
    assertThat(wrong).isEmpty();
    Set<String> missing = new TreeSet<>(GradientRegistry.global().types());
    missing.removeIf(t -> GradientRegistry.global().find(t) == null);
    missing.removeAll(covered);
    assertThat(missing).as("op types whose gradient was not judged").isEqualTo(NOT_JUDGED.keySet());
  }

  private static String difference(String name, DifferentiatedCase c, List<TensorValue> want) {
    double tolerance =
        c.isHalf()
            ? HALF_TOLERANCE
            : ILL_CONDITIONED.contains(name) ? ILL_CONDITIONED_TOLERANCE : TOLERANCE;
    for (SessionOptions o : List.of(SessionOptions.plan(), SessionOptions.reference())) {
      List<TensorValue> got;
      try {
        got = c.run(o);
      } catch (MillraceException e) {
        return o.mode() + " fails: " + e.getMessage();
      }
      List<String> all = new ArrayList<>();
      for (int k = 0; k < want.size(); k++) {
        String d = Differences.find(got.get(k), want.get(k), tolerance);
        if (d != null) {
          all.add((k < c.first() ? "first " : "second ") + "gradient, out/" + k + ": " + d);
        }
      }
      if (!all.isEmpty()) {
        return o.mode() + " " + all;
      }
    }
    return null;
  }
}
