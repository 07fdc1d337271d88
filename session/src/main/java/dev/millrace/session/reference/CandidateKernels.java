package dev.millrace.session.reference;

import dev.millrace.graph.Attrs;
import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.NotFoundException;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.random.CandidateSampler;
import dev.millrace.session.random.FixedUnigrams;
import dev.millrace.session.random.LearnedUnigrams;
import dev.millrace.session.random.Philox;
import dev.millrace.session.random.PhiloxNumbers;
import dev.millrace.session.random.PhiloxStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Classes drawn to stand for all others, and which of them are true ones by accident. */
final class CandidateKernels {
  /** Numbers that TensorFlow sets aside for each class drawn. */
  private static final long NUMBERS_PER_SAMPLE = 2048;

  private CandidateKernels() {}

  static void register(ReferenceKernels k) {
    sampler(k, "UniformCandidateSampler", a -> CandidateSampler.uniform(a.getInt("range_max")));
    sampler(
        k, "LogUniformCandidateSampler", a -> CandidateSampler.logUniform(a.getInt("range_max")));
    sampler(k, "LearnedUnigramCandidateSampler", a -> new LearnedUnigrams(a.getInt("range_max")));
    sampler(
        k, "ThreadUnsafeUnigramCandidateSampler", a -> new LearnedUnigrams(a.getInt("range_max")));
    sampler(k, "FixedUnigramCandidateSampler", CandidateKernels::fixed);
    k.add("AllCandidateSampler", CandidateKernels::all);
    k.add("ComputeAccidentalHits", CandidateKernels::accidentalHits);
  }

  /** What a sampling node keeps from run to run. */
  private record Node(PhiloxStream stream, CandidateSampler sampler) {}

  private static void sampler(
      ReferenceKernels k, String type, Function<Attrs, CandidateSampler> make) {
    k.add(type, c -> sample(c, make));
  }

  private static void sample(KernelContext c, Function<Attrs, CandidateSampler> make) {
    TensorValue classes = trueClasses(c);
    int n = (int) c.attrs().getInt("num_sampled");
    boolean unique = c.attrs().getBool("unique");
    Node node =
        c.nodeState(
            Node.class,
            () ->
                new Node(
                    PhiloxStream.ofSeeds(c.attrs().getInt("seed"), c.attrs().getInt("seed2")),
                    make.apply(c.attrs())));
    CandidateSampler sampler = node.sampler();
    long[] known = classes.toLongs();
    synchronized (node) {
      if (unique && n > sampler.choices()) {
        throw new InvalidArgumentException(
            n
                + " different classes are asked for, but only "
                + sampler.choices()
                + " of "
                + sampler.range()
                + " can be drawn; lower num_sampled, or let unique be false");
      }
      PhiloxNumbers random =
          new PhiloxNumbers(node.stream().reserveBlocks(NUMBERS_PER_SAMPLE * n / Philox.BLOCK));
      CandidateSampler.Sample drawn = sampler.sample(random, n, unique);
      float[] ofTrue = new float[known.length];
      float[] ofDrawn = new float[n];
      for (int i = 0; i < known.length; i++) {
        ofTrue[i] = sampler.expectedCount(known[i], drawn);
      }
      for (int i = 0; i < n; i++) {
        ofDrawn[i] = sampler.expectedCount(drawn.candidates()[i], drawn);
      }
      sampler.learn(known);
      c.output(0, TensorValue.ofLongs(drawn.candidates()));
      c.output(1, TensorValue.wrap(DataType.FLOAT32, classes.shape(), ofTrue));
      c.output(2, TensorValue.ofFloats(ofDrawn));
    }
  }

  private static TensorValue trueClasses(KernelContext c) {
    TensorValue classes = Dims.requireRank(c.input(0), 2, "true_classes");
    long n = c.attrs().getInt("num_true");
    if (classes.shape().dim(1) != n) {
      throw new InvalidArgumentException(
          "true_classes must have num_true columns, which are "
              + n
              + ", but are of shape "
              + classes.shape());
    }
    return classes;
  }

  /** Every class once. */
  private static void all(KernelContext c) {
    TensorValue classes = trueClasses(c);
    int n = (int) c.attrs().getInt("num_sampled");
    long[] each = new long[n];
    for (int i = 0; i < n; i++) {
      each[i] = i;
    }
    c.output(0, TensorValue.ofLongs(each));
    c.output(1, TensorValue.wrap(DataType.FLOAT32, classes.shape(), ones(classes.size())));
    c.output(2, TensorValue.ofFloats(ones(n)));
  }

  private static float[] ones(int n) {
    float[] r = new float[n];
    Arrays.fill(r, 1);
    return r;
  }

  // ---- given weights

  private static CandidateSampler fixed(Attrs a) {
    String file = a.getString("vocab_file");
    List<Float> unigrams = a.getFloats("unigrams");
    if (file.isEmpty() == unigrams.isEmpty()) {
      throw new InvalidArgumentException(
          "weights come either from vocab_file or from unigrams, and one of the two must be given");
    }
    int shards = (int) a.getInt("num_shards");
    int shard = (int) a.getInt("shard");
    if (shard >= shards) {
      throw new InvalidArgumentException("shard is " + shard + " of " + shards + " shards");
    }
    List<Float> weights = new ArrayList<>();
    for (int id = 0; id < a.getInt("num_reserved_ids"); id++) {
      if (id % shards == shard) {
        weights.add(0f);
      }
    }
    float distortion = a.getFloat("distortion");
    int id = weights.size();
    for (float w : file.isEmpty() ? unigrams : read(Path.of(file))) {
      if (id++ % shards == shard) {
        weights.add((float) Math.pow(w, distortion));
      }
    }
    if (weights.size() != a.getInt("range_max")) {
      throw new InvalidArgumentException(
          "range_max is "
              + a.getInt("range_max")
              + ", but there are weights of "
              + weights.size()
              + " classes, reserved ones included");
    }
    float[] all = new float[weights.size()];
    for (int i = 0; i < all.length; i++) {
      all[i] = weights.get(i);
    }
    return new FixedUnigrams(all);
  }

  /** The numbers behind the last comma of each line that is not empty. */
  private static List<Float> read(Path file) {
    List<Float> weights = new ArrayList<>();
    try {
      for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
        if (!line.isEmpty()) {
          weights.add(Float.parseFloat(line.substring(line.lastIndexOf(',') + 1)));
        }
      }
    } catch (IOException e) {
      throw new NotFoundException("the vocabulary " + file + " cannot be read: " + e.getMessage());
    } catch (NumberFormatException e) {
      throw new InvalidArgumentException(
          "line " + (weights.size() + 1) + " of the vocabulary " + file + " ends in no number");
    }
    return weights;
  }

  // ---- accidental hits

  private static void accidentalHits(KernelContext c) {
    TensorValue classes = trueClasses(c);
    TensorValue sampled = Dims.requireRank(c.input(1), 1, "sampled_candidates");
    Map<Long, Integer> places = new HashMap<>();
    for (int i = 0; i < sampled.size(); i++) {
      places.put(sampled.getLong(i), i);
    }
    int columns = (int) classes.shape().dim(1);
    List<Integer> rows = new ArrayList<>();
    List<Integer> hits = new ArrayList<>();
    for (int i = 0; i < classes.size(); i++) {
      Integer place = places.get(classes.getLong(i));
      if (place != null) {
        rows.add(i / columns);
        hits.add(place);
      }
    }
    float[] weights = new float[hits.size()];
    Arrays.fill(weights, -Float.MAX_VALUE);
    c.output(0, TensorValue.ofInts(rows.stream().mapToInt(i -> i).toArray()));
    c.output(1, TensorValue.ofLongs(hits.stream().mapToLong(i -> i).toArray()));
    c.output(2, TensorValue.ofFloats(weights));
  }
}
