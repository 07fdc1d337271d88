package dev.millrace.cli;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.autodiff.GradientRegistry;
import dev.millrace.cli.conformance.FixtureCase;
import dev.millrace.graph.OpDef;
import dev.millrace.graph.OpRegistry;
import dev.millrace.proto.NodeDef;
import dev.millrace.session.kernel.FastKernels;
import dev.millrace.session.plan.ReferenceTypes;
import dev.millrace.session.reference.ReferenceKernels;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * Every op type has its three facts: a definition, a gradient or a reason for none, a kernel; and a
 * case that TensorFlow computed.
 */
class CompletenessTest {
  private static final Path RESOURCES = Path.of("src", "test", "resources");

  private static final String NO_FFT =
      "TensorFlow 1.15 knows its definition, but has no kernel of it any more";

  /** Types of which TensorFlow 1.15 can compute no case, and why. */
  private static final Map<String, String> NO_CASE =
      Map.ofEntries(
          entry("PyFunc", "it calls a function of the program that runs it"),
          entry("PyFuncStateless", "it calls a function of the program that runs it"),
          entry(
              "PlaceholderV2",
              "removed from TensorFlow at graph version 23; it is imported from older graphs"),
          entry("MaxPoolGradGradWithArgmax", "TensorFlow has a kernel of it for GPUs only"),
          entry("SparseCross", "FluentInteropTest compares it with TensorFlow's; none is recorded"),
          entry("BatchFFT", NO_FFT),
          entry("BatchIFFT", NO_FFT),
          entry("BatchFFT2D", NO_FFT),
          entry("BatchIFFT2D", NO_FFT),
          entry("BatchFFT3D", NO_FFT),
          entry("BatchIFFT3D", NO_FFT),
          entry("Abort", "it ends TensorFlow's process"),
          entry("GatherTree", "TensorFlow has it in an extension that its library does not hold"),
          entry(
              "TileGrad",
              "TensorFlow's kernel asks for an attribute that the op, removed long ago, does not have"),
          entry(
              "FixedLengthRecordReader",
              "TensorFlow's kernel asks for an attribute that only the second version has"),
          entry(
              "MutableDenseHashTable",
              "TensorFlow's kernel asks for an input that only the second version has"),
          entry(
              "GetSessionTensor",
              "TensorFlow keeps tensors for later runs only, and a case has one"),
          entry(
              "DeleteSessionTensor",
              "TensorFlow keeps tensors for later runs only, and a case has one"),
          entry("ImageSummary", "how small a PNG file is depends on the library that packs it"));

  /** Types that work on files, which a case cannot; CheckpointInteropTest compares them. */
  private static final Set<String> ON_FILES =
      Set.of(
          "SaveV2",
          "RestoreV2",
          "MergeV2Checkpoints",
          "Save",
          "SaveSlices",
          "Restore",
          "RestoreSlice",
          "ShardedFilename",
          "ShardedFilespec");

  private static Set<String> registered() {
    Set<String> types = new TreeSet<>();
    for (OpDef d : OpRegistry.global().all()) {
      types.add(d.name());
    }
    return types;
  }

  @Test
  void everyTypeHasAReferenceKernelOrIsExecutedByTheModesThemselves() {
    Set<String> missing = registered();
    missing.removeAll(ReferenceKernels.types());
    missing.removeIf(ReferenceTypes::isLowered);
    missing.removeAll(ReferenceKernels.controlTypes());
    assertThat(missing).isEmpty();
  }

  @Test
  void everyKernelHasADefinition() {
    Set<String> extra = new TreeSet<>(ReferenceKernels.types());
    extra.addAll(FastKernels.types());
    extra.removeAll(registered());
    assertThat(extra).isEmpty();
  }

  @Test
  void everyTypeHasAGradientOrAReasonForNone() {
    Set<String> missing = registered();
    missing.removeIf(GradientRegistry.global()::isKnown);
    assertThat(missing).isEmpty();
  }

  @Test
  void everyTypeHasACaseThatTensorFlowComputed() throws Exception {
    Set<String> missing = registered();
    for (FixtureCase c : FixtureCase.find(RESOURCES)) {
      for (NodeDef n : c.graph().getNodeList()) {
        missing.remove(n.getOp());
      }
    }
    Set<String> expected = new TreeSet<>(NO_CASE.keySet());
    expected.addAll(ON_FILES);
    assertThat(missing).isEqualTo(expected);
  }
}
