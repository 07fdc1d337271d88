package dev.millrace.ops.defs;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.OpDef;
import dev.millrace.graph.OpRegistry;
import dev.millrace.graph.Shape;
import dev.millrace.graph.ShapeContext;

/** Summaries for TensorBoard, and printing. */
final class SummaryOps {
  private static final String SUMMARY = "summary: string";
  private static final String REAL = "realnumbertype";

  private SummaryOps() {}

  static void register(OpRegistry r) {
    summaries(r);
    media(r);
    printing(r);
  }

  private static void summaries(OpRegistry r) {
    r.add(
        OpDef.named("ScalarSummary")
            .inputs("tags: string", "values: T")
            .outputs(SUMMARY)
            .attrs("T: " + REAL)
            .shape(
                c -> {
                  if (!c.input(0).isCompatibleWith(c.input(1))) {
                    throw new InvalidArgumentException(
                        "the tags are of shape "
                            + c.input(0)
                            + ", the values of shape "
                            + c.input(1));
                  }
                  c.output(0, Shape.scalar());
                }));
    r.add(
        OpDef.named("HistogramSummary")
            .inputs("tag: string", "values: T")
            .outputs(SUMMARY)
            .attrs("T: " + REAL + " = DT_FLOAT")
            .shape(SummaryOps::tagged));
    r.add(
        OpDef.named("TensorSummaryV2")
            .inputs("tag: string", "tensor: T", "serialized_summary_metadata: string")
            .outputs(SUMMARY)
            .attrs("T: type")
            .shape(SummaryOps::tagged));
    r.add(
        OpDef.named("TensorSummary")
            .inputs("tensor: T")
            .outputs(SUMMARY)
            .attrs(
                "T: type",
                "description: string = ''",
                "labels: list(string) = []",
                "display_name: string = ''")
            .shape(Shapes::scalar));
    r.add(
        OpDef.named("MergeSummary")
            .inputs("inputs: N * string")
            .outputs(SUMMARY)
            .attrs("N: int >= 1")
            .shape(Shapes::scalar));
  }

  private static void tagged(ShapeContext c) {
    Shapes.requireScalar(c, 0, "the tag");
    c.output(0, Shape.scalar());
  }

  private static void media(OpRegistry r) {
    r.add(
        OpDef.named("ImageSummary")
            .inputs("tag: string", "tensor: T")
            .outputs(SUMMARY)
            .attrs(
                "max_images: int >= 1 = 3",
                "T: {uint8, float, half, double} = DT_FLOAT",
                "bad_color: tensor = uint8[255, 0, 0, 255]")
            .shape(
                c -> {
                  c.inputOfRank(1, 4);
                  tagged(c);
                }));
    r.add(
        OpDef.named("AudioSummaryV2")
            .inputs("tag: string", "tensor: float", "sample_rate: float")
            .outputs(SUMMARY)
            .attrs("max_outputs: int >= 1 = 3")
            .shape(
                c -> {
                  Shapes.requireScalar(c, 2, "the sample rate");
                  audio(c);
                }));
    r.add(
        OpDef.named("AudioSummary")
            .inputs("tag: string", "tensor: float")
            .outputs(SUMMARY)
            .attrs("sample_rate: float", "max_outputs: int >= 1 = 3")
            .shape(SummaryOps::audio));
  }

  private static void audio(ShapeContext c) {
    c.inputOfRankAtLeast(1, 2);
    Shapes.requireRankAtMost(c, 1, 3, "the sound");
    tagged(c);
  }

  private static void printing(OpRegistry r) {
    r.add(
        OpDef.named("Print")
            .inputs("input: T", "data: U")
            .outputs("output: T")
            .attrs(
                "T: type",
                "U: list(type) >= 0",
                "message: string = ''",
                "first_n: int = -1",
                "summarize: int = 3")
            .stateful()
            .shape(Shapes::unchanged));
    r.add(
        OpDef.named("PrintV2")
            .inputs("input: string")
            .attrs("output_stream: string = 'stderr'", "end: string = '\n'")
            .stateful()
            .shape(c -> Shapes.requireScalar(c, 0, "what is printed")));
  }
}
