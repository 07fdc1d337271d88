package dev.millrace.ops.defs;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.OpDef;
import dev.millrace.graph.OpRegistry;
import dev.millrace.graph.Shape;
import dev.millrace.graph.ShapeContext;

/** Classes drawn to stand for all others in a loss over many classes. */
final class CandidateOps {
  private CandidateOps() {}

  static void register(OpRegistry r) {
    for (String op :
        new String[] {
          "UniformCandidateSampler",
          "LogUniformCandidateSampler",
          "LearnedUnigramCandidateSampler",
          "ThreadUnsafeUnigramCandidateSampler"
        }) {
      r.add(sampler(op, "range_max: int >= 1"));
    }
    r.add(
        sampler(
            "FixedUnigramCandidateSampler",
            "range_max: int >= 1",
            "vocab_file: string = ''",
            "distortion: float = 1.0",
            "num_reserved_ids: int = 0",
            "num_shards: int >= 1 = 1",
            "shard: int >= 0 = 0",
            "unigrams: list(float) = []"));
    r.add(sampler("AllCandidateSampler"));
    r.add(
        OpDef.named("ComputeAccidentalHits")
            .inputs("true_classes: int64", "sampled_candidates: int64")
            .outputs("indices: int32", "ids: int64", "weights: float")
            .attrs("num_true: int", "seed: int = 0", "seed2: int = 0")
            .shape(CandidateOps::hitShapes));
  }

  private static OpDef.Builder sampler(String op, String... more) {
    return OpDef.named(op)
        .inputs("true_classes: int64")
        .outputs(
            "sampled_candidates: int64",
            "true_expected_count: float",
            "sampled_expected_count: float")
        .attrs("num_true: int >= 1", "num_sampled: int >= 1", "unique: bool")
        .attrs(more)
        .attrs("seed: int = 0", "seed2: int = 0")
        .stateful()
        .shape(CandidateOps::sampledShapes);
  }

  private static void sampledShapes(ShapeContext c) {
    Shape classes = trueClasses(c);
    Shape sampled = Shape.vector(c.attrs().getInt("num_sampled"));
    c.output(0, sampled);
    c.output(1, classes);
    c.output(2, sampled);
  }

  private static void hitShapes(ShapeContext c) {
    trueClasses(c);
    c.inputOfRank(1, 1);
    for (int i = 0; i < 3; i++) {
      c.output(i, Shape.vector(Shape.UNKNOWN));
    }
  }

  /** The shape of the true classes, [batch, num_true]. */
  private static Shape trueClasses(ShapeContext c) {
    Shape s = c.inputOfRank(0, 2);
    long n = c.attrs().getInt("num_true");
    if (s.dim(1) != Shape.UNKNOWN && s.dim(1) != n) {
      throw new InvalidArgumentException(
          "true_classes must have num_true columns, which are " + n + ", but are of shape " + s);
    }
    return Shape.matrix(s.dim(0), n);
  }
}
