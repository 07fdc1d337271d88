package dev.millrace.session.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.graph.AttrValue;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.NotFoundException;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.state.SessionState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That the numbers are TensorFlow's is tested beside it, in the interop tests. */
class CandidateKernelsTest {
  private static final TensorValue CLASSES = TensorValue.of(new long[][] {{2}, {0}});

  @TempDir private Path folder;

  private static KernelCall sampler(String kind, int samples, boolean unique) {
    return KernelCall.of(kind + "CandidateSampler", CLASSES)
        .attr("num_true", 1)
        .attr("num_sampled", samples)
        .attr("unique", unique)
        .attr("range_max", 3)
        .attr("seed", 1)
        .attr("seed2", 2);
  }

  private static KernelCall fixed(int samples, boolean unique) {
    return sampler("FixedUnigram", samples, unique)
        .attr("vocab_file", "")
        .attr("unigrams", AttrValue.ofFloats())
        .attr("distortion", 1f)
        .attr("num_reserved_ids", 0)
        .attr("num_shards", 1)
        .attr("shard", 0);
  }

  @Test
  void classesComeAsOftenAsExpected() {
    for (String kind : new String[] {"Uniform", "LogUniform", "ThreadUnsafeUnigram"}) {
      KernelCall c = sampler(kind, 30_000, false);
      long[] drawn = c.run().output(0).longs();
      TensorValue expected = c.output(1);
      for (int row = 0; row < 2; row++) {
        long candidate = CLASSES.getLong(row);
        long count = Arrays.stream(drawn).filter(x -> x == candidate).count();
        assertThat((double) count).as(kind).isCloseTo(expected.getDouble(row), within(400.0));
      }
    }
  }

  @Test
  void aSamplerThatLearnsPrefersWhatItHasSeen() {
    SessionState session = new SessionState();
    TensorValue first = sampler("LearnedUnigram", 2, false).in(session).run().output(1);
    assertThat(first.floats()).containsExactly(2f / 3, 2f / 3);
    TensorValue second = sampler("LearnedUnigram", 2, false).in(session).run().output(1);
    assertThat(second.floats()).containsExactly(4f / 5, 4f / 5);
  }

  @Test
  void weightsComeFromAFile() throws IOException {
    Path file = folder.resolve("words.csv");
    Files.writeString(file, "a,1\r\n\nb,3\n");
    KernelCall c = fixed(4, false).attr("vocab_file", file.toString()).attr("num_reserved_ids", 1);
    assertThat(c.run().output(1).floats()).containsExactly(3, 0);
    Files.writeString(file, "a,1\nb,many\n");
    assertThatThrownBy(fixed(4, false).attr("vocab_file", file.toString())::value)
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("line 2 of the vocabulary")
        .hasMessageContaining("ends in no number");
    assertThatThrownBy(fixed(4, false).attr("vocab_file", folder + "/none")::value)
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("cannot be read");
  }

  @Test
  void shardsTakeEveryOtherWeight() {
    AttrValue weights = AttrValue.ofFloats(8, 1, 4, 1, 4);
    KernelCall c = fixed(4, false).attr("unigrams", weights).attr("num_shards", 2).attr("shard", 0);
    assertThat(c.run().output(1).floats()).containsExactly(1, 2);
  }

  @Test
  void whatCannotBeDrawnIsSaid() {
    assertThatThrownBy(sampler("Uniform", 4, true)::value)
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("4 different classes are asked for, but only 3 of 3 can be drawn");
    AttrValue weights = AttrValue.ofFloats(1, 0, 1);
    assertThatThrownBy(fixed(3, true).attr("unigrams", weights)::value)
        .hasMessageContaining("only 2 of 3 can be drawn");
    assertThatThrownBy(fixed(1, true)::value)
        .hasMessageContaining("either from vocab_file or from unigrams");
    assertThatThrownBy(fixed(1, true).attr("unigrams", AttrValue.ofFloats(1, 1))::value)
        .hasMessageContaining("range_max is 3, but there are weights of 2 classes");
    assertThatThrownBy(fixed(1, true).attr("unigrams", AttrValue.ofFloats(1, -1, 1))::value)
        .hasMessageContaining("a unigram's weight is");
    assertThatThrownBy(fixed(1, true).attr("unigrams", weights).attr("shard", 1)::value)
        .hasMessageContaining("shard is 1 of 1 shards");
    assertThatThrownBy(sampler("LearnedUnigram", 1, true).attr("range_max", 2)::value)
        .hasMessageContaining("a true class is 2, but there are classes 0 to 1");
    assertThatThrownBy(sampler("Uniform", 1, true).attr("num_true", 2)::value)
        .hasMessageContaining("true_classes must have num_true columns");
  }
}
