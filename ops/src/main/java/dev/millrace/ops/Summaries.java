package dev.millrace.ops;

import dev.millrace.graph.GraphKeys;
import dev.millrace.graph.OpBuilder;
import dev.millrace.graph.Operand;
import dev.millrace.graph.Scope;
import java.util.List;
import java.util.function.Function;

/**
 * Summaries for TensorBoard ({@link Ops#summary}): string scalars, serialized Summary messages. A
 * summary's tag is its name with the scopes around; each goes into the collection SUMMARIES, of
 * which {@link #mergeAll} makes one.
 */
public final class Summaries {
  private final Ops ops;

  Summaries(Ops ops) {
    this.ops = ops;
  }

  private Tensor collect(String name, Function<Scope, OpBuilder> node) {
    // TensorBoard takes what a name may not have for part of an address.
    String clean = name.replaceAll("[^-/\\w.]", "_").replaceAll("^/+", "");
    try (Scope s = ops.graph().nameScope(clean)) {
      Tensor t = ops.finish(node.apply(s));
      ops.graph().addToCollection(GraphKeys.SUMMARIES, t);
      return t;
    }
  }

  private static String tag(Scope s) {
    String n = s.name();
    return n.endsWith("/") ? n.substring(0, n.length() - 1) : n;
  }

  /** A number (ScalarSummary). */
  public Tensor scalar(String name, Object value) {
    return collect(name, s -> ops.begin("ScalarSummary", s.name(), tag(s), value));
  }

  /** How the elements of a tensor are distributed (HistogramSummary). */
  public Tensor histogram(String name, Object values) {
    return collect(name, s -> ops.begin("HistogramSummary", s.name(), tag(s), values));
  }

  /**
   * Pictures (ImageSummary): [batch, height, width, channels], uint8 or real numbers, which are
   * scaled so that the greatest is 255, or 0 comes to 128 where some are negative.
   *
   * @param maxOutputs how many of the batch are shown
   */
  public Tensor image(String name, Object pictures, int maxOutputs) {
    return collect(
        name,
        s -> ops.begin("ImageSummary", s.name(), tag(s), pictures).attr("max_images", maxOutputs));
  }

  /**
   * Sounds (AudioSummaryV2): float32 [batch, frames, channels] or [batch, frames], in [-1, 1].
   *
   * @param sampleRate frames in a second
   */
  public Tensor audio(String name, Object sounds, Object sampleRate, int maxOutputs) {
    return collect(
        name,
        s ->
            ops.begin("AudioSummaryV2", s.name(), tag(s), sounds, sampleRate)
                .attr("max_outputs", maxOutputs));
  }

  /**
   * A tensor as it is, for a plugin of TensorBoard (TensorSummaryV2).
   *
   * @param metadata a serialized SummaryMetadata that names the plugin
   */
  public Tensor tensor(String name, Object value, Object metadata) {
    return collect(name, s -> ops.begin("TensorSummaryV2", s.name(), tag(s), value, metadata));
  }

  /** One summary of several (MergeSummary). */
  public Tensor merge(List<? extends Operand> summaries) {
    return ops.finish(
        ops.op("MergeSummary", "Merge/MergeSummary")
            .inputList(summaries.stream().map(Operand::asOutput).toList()));
  }

  /** One summary of all that the graph has so far; null where it has none. */
  public Tensor mergeAll() {
    List<Tensor> all = ops.graph().collection(GraphKeys.SUMMARIES, Tensor.class);
    return all.isEmpty() ? null : merge(all);
  }
}
