package dev.millrace.ops.defs;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.OpDef;
import dev.millrace.graph.OpRegistry;
import dev.millrace.graph.Shape;
import dev.millrace.graph.ShapeContext;

/** Random numbers; new ones whenever the op runs, but for the stateless ops. */
final class RandomOps {
  private static final String[] SEEDS = {"seed: int = 0", "seed2: int = 0"};
  private static final String FLOATS = "{half, bfloat16, float, double}";
  private static final String SHAPE_TYPE = "{int32, int64}";
  private static final String REALS =
      "{float, double, int32, uint8, int16, int8, int64, bfloat16, uint16, half, uint32, uint64}";
  private static final String SEED_TYPE = "Tseed: {int32, int64} = int64";

  private RandomOps() {}

  static void register(OpRegistry r) {
    plain(r);
    stateless(r);
    choices(r);
    distributions(r);
    CandidateOps.register(r);
  }

  private static void plain(OpRegistry r) {
    for (String op : new String[] {"RandomUniform", "RandomStandardNormal", "TruncatedNormal"}) {
      r.add(
          OpDef.named(op)
              .inputs("shape: T")
              .outputs("output: dtype")
              .attrs(SEEDS)
              .attrs("dtype: " + FLOATS, "T: " + SHAPE_TYPE)
              .stateful()
              .valueInputs(0)
              .shape(Shapes::spelled));
    }
    r.add(
        OpDef.named("RandomUniformInt")
            .inputs("shape: T", "minval: Tout", "maxval: Tout")
            .outputs("output: Tout")
            .attrs(SEEDS)
            .attrs("Tout: {int32, int64}", "T: " + SHAPE_TYPE)
            .stateful()
            .valueInputs(0)
            .shape(c -> integerShape(c, 1)));
  }

  /** The bounds, inputs {@code min} and the next, are scalars. */
  private static void integerShape(ShapeContext c, int min) {
    Shapes.requireScalar(c, min, "minval");
    Shapes.requireScalar(c, min + 1, "maxval");
    Shapes.spelled(c);
  }

  private static void stateless(OpRegistry r) {
    for (String op :
        new String[] {
          "StatelessRandomUniform", "StatelessRandomNormal", "StatelessTruncatedNormal"
        }) {
      r.add(
          OpDef.named(op)
              .inputs("shape: T", "seed: Tseed")
              .outputs("output: dtype")
              .attrs("dtype: " + FLOATS + " = float", "T: " + SHAPE_TYPE + " = int32", SEED_TYPE)
              .valueInputs(0)
              .shape(
                  c -> {
                    requireSeeds(c, 1);
                    Shapes.spelled(c);
                  }));
    }
    r.add(
        OpDef.named("StatelessRandomUniformInt")
            .inputs("shape: T", "seed: Tseed", "minval: dtype", "maxval: dtype")
            .outputs("output: dtype")
            .attrs("dtype: {int32, int64}", "T: " + SHAPE_TYPE, SEED_TYPE)
            .valueInputs(0)
            .shape(
                c -> {
                  requireSeeds(c, 1);
                  integerShape(c, 2);
                }));
  }

  private static void requireSeeds(ShapeContext c, int i) {
    Shape s = c.inputOfRank(i, 1);
    if (s.dim(0) != Shape.UNKNOWN && s.dim(0) != 2) {
      throw new InvalidArgumentException(
          "the seed must be a vector of two numbers, but its shape is " + s);
    }
  }

  private static void choices(OpRegistry r) {
    r.add(
        OpDef.named("RandomShuffle")
            .inputs("value: T")
            .outputs("output: T")
            .attrs(SEEDS)
            .attrs("T: type")
            .stateful()
            .shape(Shapes::unchanged));
    String outputType = "output_dtype: {int32, int64} = int64";
    r.add(
        OpDef.named("Multinomial")
            .inputs("logits: T", "num_samples: int32")
            .outputs("output: output_dtype")
            .attrs(SEEDS)
            .attrs("T: " + REALS, outputType)
            .stateful()
            .valueInputs(1)
            .shape(RandomOps::multinomialShape));
    r.add(
        OpDef.named("StatelessMultinomial")
            .inputs("logits: T", "num_samples: int32", "seed: Tseed")
            .outputs("output: output_dtype")
            .attrs("T: " + REALS, SEED_TYPE, outputType)
            .valueInputs(1)
            .shape(
                c -> {
                  requireSeeds(c, 2);
                  multinomialShape(c);
                }));
  }

  private static void multinomialShape(ShapeContext c) {
    Shape logits = c.inputOfRank(0, 2);
    Long n = Shapes.scalarInt(c, 1, "num_samples");
    if (n != null && n < 0) {
      throw new InvalidArgumentException("num_samples must not be negative, but is " + n);
    }
    c.output(0, Shape.matrix(logits.dim(0), n == null ? Shape.UNKNOWN : n));
  }

  private static void distributions(OpRegistry r) {
    r.add(
        OpDef.named("RandomGamma")
            .inputs("shape: S", "alpha: T")
            .outputs("output: T")
            .attrs(SEEDS)
            .attrs("S: " + SHAPE_TYPE, "T: {half, float, double}")
            .stateful()
            .valueInputs(0)
            .shape(RandomOps::perParameterShape));
    r.add(
        OpDef.named("RandomGammaGrad")
            .inputs("alpha: T", "sample: T")
            .outputs("output: T")
            .attrs("T: {float, double}")
            .shape(Shapes::broadcast));
    r.add(
        OpDef.named("RandomPoisson")
            .inputs("shape: S", "rate: dtype")
            .outputs("output: dtype")
            .attrs(SEEDS)
            .attrs("S: " + SHAPE_TYPE, "dtype: {half, float, double}")
            .stateful()
            .valueInputs(0)
            .shape(RandomOps::perParameterShape));
    r.add(
        OpDef.named("RandomPoissonV2")
            .inputs("shape: S", "rate: R")
            .outputs("output: dtype")
            .attrs(SEEDS)
            .attrs(
                "S: " + SHAPE_TYPE,
                "R: {half, float, double, int32, int64} = double",
                "dtype: {half, float, double, int32, int64} = int64")
            .stateful()
            .valueInputs(0)
            .shape(RandomOps::perParameterShape));
    r.add(
        OpDef.named("ParameterizedTruncatedNormal")
            .inputs("shape: T", "means: dtype", "stdevs: dtype", "minvals: dtype", "maxvals: dtype")
            .outputs("output: dtype")
            .attrs(SEEDS)
            .attrs("dtype: " + FLOATS, "T: " + SHAPE_TYPE)
            .stateful()
            .valueInputs(0)
            .shape(RandomOps::boundedNormalShape));
  }

  /** The shape that input 0 spells, of numbers for each element of input 1. */
  private static void perParameterShape(ShapeContext c) {
    c.output(0, Shapes.spelledBy(c, 0).concat(c.input(1)));
  }

  private static void boundedNormalShape(ShapeContext c) {
    for (int i = 1; i < c.inputCount(); i++) {
      Shape s = c.input(i);
      if (s.hasRank() && s.rank() > 1) {
        throw new InvalidArgumentException(
            "the parameters must be scalars or vectors, but input " + i + " is of shape " + s);
      }
    }
    Shapes.spelled(c);
  }
}
