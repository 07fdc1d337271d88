package dev.millrace.cli.interop;

import dev.millrace.graph.AttrValue;
import dev.millrace.graph.DataType;
import dev.millrace.graph.OpBuilder;
import dev.millrace.graph.TensorValue;
import java.util.function.UnaryOperator;

/** Recorded cases of seeded random ops. */
final class RandomCases {
  private RandomCases() {}

  private static OpBuilder seeded(OpBuilder b) {
    return b.attr("seed", 5).attr("seed2", 7);
  }

  static void addTo(CaseList list) {
    stateless(list);
    stateful(list);
    candidates(list);
  }

  private static void stateless(CaseList list) {
    TensorValue shape = TensorValue.ofInts(3, 5);
    TensorValue seed = TensorValue.ofLongs(12345, -678);
    for (String op : new String[] {"RandomUniform", "RandomNormal", "TruncatedNormal"}) {
      for (DataType t : new DataType[] {DataType.FLOAT32, DataType.FLOAT64, DataType.FLOAT16}) {
        float tolerance = t == DataType.FLOAT16 ? 1e-3f : 1e-6f;
        list.op("Stateless" + op, t.tfName(), tolerance, b -> b.attr("dtype", t), shape, seed);
      }
    }
    TensorValue one = TensorValue.of(1L);
    TensorValue most = TensorValue.of(1L << 50);
    list.op("StatelessRandomUniformInt", "i64", shape, seed, one, most);
    TensorValue[] bounds = {TensorValue.of(-3), TensorValue.of(9)};
    TensorValue ints = TensorValue.ofInts(4, 2);
    list.op("StatelessRandomUniformInt", "i32", shape, ints, bounds[0], bounds[1]);
    TensorValue logits = TensorValue.of(new float[][] {{0, 1, 2}, {3, -1, -1}});
    list.op("StatelessMultinomial", "f32", logits, TensorValue.of(9), seed);
  }

  private static void stateful(CaseList list) {
    TensorValue logits = TensorValue.of(new float[][] {{0, 1, 2}, {3, -1, -1}});
    list.op("Multinomial", "i64", RandomCases::seeded, logits, TensorValue.of(9));
    list.op(
        "Multinomial",
        "i32",
        b -> seeded(b).attr("output_dtype", DataType.INT32),
        CaseList.as(DataType.FLOAT64, logits),
        TensorValue.of(9));
    TensorValue shape = TensorValue.ofInts(6);
    TensorValue alphas = TensorValue.of(new float[][] {{0.1f, 1}, {3, 50}});
    list.op("RandomGamma", "f32", RandomCases::seeded, shape, alphas);
    TensorValue samples = TensorValue.of(new float[][] {{0.01f, 1}, {3.5f, 42}});
    list.op("RandomGammaGrad", "f32", 1e-4f, b -> b, alphas, samples);
    list.op(
        "RandomGammaGrad",
        "f64_broadcast",
        TensorValue.ofDoubles(0.2, 2, 30, 1000),
        TensorValue.of(new double[][] {{0.001}, {0.7}, {2.5}, {35}, {990}}));
    CaseGraph poisson = new CaseGraph(shape, TensorValue.ofFloats(0.5f, 9, 10, 77));
    list.add(
        "RandomPoisson",
        "f32",
        CaseList.producedBy(24, poisson.op("RandomPoisson", RandomCases::seeded)));
    list.op(
        "RandomPoissonV2",
        "i32",
        b -> seeded(b).attr("dtype", DataType.INT32),
        shape,
        TensorValue.ofDoubles(0.5, 9, 10, 77));
    list.op(
        "ParameterizedTruncatedNormal",
        "f32",
        b -> seeded(b).attr("dtype", DataType.FLOAT32),
        TensorValue.ofInts(3, 7),
        TensorValue.ofFloats(0, 5, -5),
        TensorValue.of(2f),
        TensorValue.ofFloats(-1, 6, -20),
        TensorValue.ofFloats(1, 6.5f, -4));
  }

  private static void candidates(CaseList list) {
    TensorValue classes = TensorValue.of(new long[][] {{0, 3}, {19, 7}, {2, 2}, {5, 11}});
    for (boolean unique : new boolean[] {true, false}) {
      for (String op : new String[] {"Uniform", "LogUniform", "LearnedUnigram"}) {
        candidates(list, op, unique, b -> b.attr("range_max", 20), classes);
      }
      candidates(list, "ThreadUnsafeUnigram", unique, b -> b.attr("range_max", 20), classes);
      candidates(
          list,
          "FixedUnigram",
          unique,
          b ->
              b.attr("range_max", 12)
                  .attr("distortion", 0.75f)
                  .attr("num_reserved_ids", 2)
                  .attr("unigrams", AttrValue.ofFloats(9, 7, 5.5f, 4, 4, 3, 2, 1, 1, 0.5f)),
          classes);
    }
    candidates(list, "All", true, b -> b, classes);
    list.op(
        "ComputeAccidentalHits",
        "repeated",
        b -> b.attr("num_true", 2),
        classes,
        TensorValue.ofLongs(7, 2, 3, 1, 7, 40));
    list.op(
        "ComputeAccidentalHits",
        "none",
        b -> b.attr("num_true", 2),
        classes,
        TensorValue.ofLongs(1, 40));
  }

  private static void candidates(
      CaseList list,
      String kind,
      boolean unique,
      UnaryOperator<OpBuilder> attrs,
      TensorValue classes) {
    list.op(
        kind + "CandidateSampler",
        unique ? "unique" : "repeated",
        b ->
            seeded(attrs.apply(b))
                .attr("num_true", 2)
                .attr("num_sampled", 9)
                .attr("unique", unique),
        classes);
  }
}
