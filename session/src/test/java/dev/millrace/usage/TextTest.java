package dev.millrace.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Operand;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.Ops;
import dev.millrace.ops.SparseTensor;
import dev.millrace.ops.Strings;
import dev.millrace.ops.Tensor;
import dev.millrace.session.Session;
import dev.millrace.session.SessionOptions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** tf.strings, tf.signal, tf.image and CTC, as they are used. */
class TextTest {
  private final Ops tf = Ops.of(new Graph());
  private final Strings strings = tf.strings();

  private List<TensorValue> run(List<? extends Operand> xs) {
    try (Session s = new Session(tf.graph(), SessionOptions.builder().verify(true).build())) {
      var f = s.runner().fetch(xs);
      List<TensorValue> r = new ArrayList<>();
      for (int i = 0; i < xs.size(); i++) {
        r.add(f.value(i));
      }
      return r;
    }
  }

  private static List<String> text(TensorValue v) {
    List<String> r = new ArrayList<>();
    for (int i = 0; i < v.size(); i++) {
      r.add(v.getString(i));
    }
    return r;
  }

  private void checkTexts(List<Tensor> xs, List<List<String>> want) {
    assertThat(run(xs).stream().map(TextTest::text).toList()).isEqualTo(want);
  }

  @Test
  void stringsAreJoinedSplitAndCut() {
    Tensor words = tf.constant(new String[] {"one two", " Été"});
    SparseTensor parts = strings.split(words);
    checkTexts(
        List.of(
            strings.join(List.of(words, "!"), "-"),
            strings.reduceJoin(words, "|", false, 0),
            strings.unsortedSegmentJoin(words, new int[] {1, 1}, 2, "+"),
            parts.values(),
            strings.split(words, "o", 1).values(),
            strings.splitAtBytes(words, "ot", true).values(),
            strings.substr(words, 1, 2),
            strings.substrOfCharacters(words, -3, 2),
            strings.lower(words),
            strings.upper(words),
            strings.strip(words)),
        List.of(
            List.of("one two-!", " Été-!"),
            List.of("one two| Été"),
            List.of("", "one two+ Été"),
            List.of("one", "two", "Été"),
            List.of("", "ne two", " Été"),
            List.of("ne ", "w", " É", "é"),
            List.of("ne", "É"),
            List.of("tw", "Ét"),
            List.of("one two", " été"),
            List.of("ONE TWO", " ÉTÉ"),
            List.of("one two", "Été")));
    List<TensorValue> lengths = run(List.of(strings.length(words), strings.characters(words)));
    assertThat(lengths.get(0).ints()).containsExactly(7, 6);
    assertThat(lengths.get(1).ints()).containsExactly(7, 4);
  }

  @Test
  void numbersAndPatterns() {
    Tensor x = tf.constant(new float[] {0.5f, -2});
    Tensor pattern = tf.constant("(.)b");
    checkTexts(
        List.of(
            strings.asString(x),
            strings.asString(x, 1),
            strings.format("x = {}", List.of(x)),
            strings.regexReplace(tf.constant("abcb"), "(.)b", "<\\1>", true),
            strings.regexReplace(tf.constant("abcb"), pattern, tf.constant("_"), false),
            strings.encodeBase64(tf.constant("a?>"), false),
            strings.decodeBase64(tf.constant("YT8-"))),
        List.of(
            List.of("0.500000", "-2.000000"),
            List.of("0.5", "-2.0"),
            List.of("x = [0.5 -2]"),
            List.of("<a><c>"),
            List.of("_cb"),
            List.of("YT8-"),
            List.of("a?>")));
    Tensor words = tf.constant(new String[] {"ab", "b"});
    List<TensorValue> r =
        run(
            List.of(
                strings.toNumber(tf.constant(new String[] {"1", "-7"}), DataType.INT32),
                strings.regexFullMatch(words, ".b"),
                strings.regexFullMatch(words, pattern),
                strings.toHashBucketFast(words, 1000),
                strings.toHashBucketStrong(words, 1000, 1, 2),
                strings.toHashBucket(words, 1000)));
    assertThat(r.get(0).ints()).containsExactly(1, -7);
    assertThat(r.get(1)).isEqualTo(TensorValue.of(new boolean[] {true, false}));
    assertThat(r.get(2)).isEqualTo(r.get(1));
    for (int i = 3; i < 6; i++) {
      assertThat(Arrays.stream(r.get(i).longs())).allMatch(b -> b >= 0 && b < 1000);
    }
  }

  @Test
  void wrongTextIsRefused() {
    try (Session s = new Session(tf.graph())) {
      assertThatThrownBy(
              () -> s.runner().fetchValue(strings.toNumber(tf.constant("1x"), DataType.FLOAT32)))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("'1x', element 0, is no number of float32");
      assertThatThrownBy(() -> s.runner().fetchValue(strings.regexFullMatch(tf.constant("x"), "(")))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("'(' is no regular expression");
      assertThatThrownBy(() -> s.runner().fetchValue(strings.substr(tf.constant("abc"), 4, 1)))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("pos 4 is outside the string 'abc'");
    }
    assertThatThrownBy(() -> strings.format("{} {}", List.of(1)))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("has 2 times the placeholder '{}'");
  }

  @Test
  void signalsAreTransformedBack() {
    Tensor x = tf.constant(new float[][] {{1, 2, 4, -1, 0.5f}, {0, -1, 3, 2, 2}});
    Tensor z = tf.complex(x, x.square());
    List<TensorValue> r =
        run(
            List.of(
                tf.signal().irfft(tf.signal().rfft(x), 5),
                tf.signal().irfft2d(tf.signal().rfft2d(x, 4, 6), 4, 6),
                tf.real(tf.signal().ifft(tf.signal().fft(z))),
                tf.imag(tf.signal().ifft2d(tf.signal().fft2d(z))),
                tf.signal().irfft(tf.signal().rfft(x, 4))));
    double[] all = {1, 2, 4, -1, 0.5, 0, -1, 3, 2, 2};
    Values.assertClose(r.get(0), all, 1e-5);
    Values.assertClose(
        r.get(1),
        new double[] {1, 2, 4, -1, 0.5, 0, 0, -1, 3, 2, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
        1e-5);
    Values.assertClose(r.get(2), all, 1e-5);
    Values.assertClose(r.get(3), new double[] {1, 4, 16, 1, 0.25, 0, 1, 9, 4, 4}, 1e-5);
    Values.assertClose(r.get(4), new double[] {1, 2, 4, -1, 0, -1, 3, 2}, 1e-5);
  }

  @Test
  void imagesAndLabels() {
    Tensor image = tf.cast(tf.constant(new int[2][3][3]).add(7), DataType.UINT8);
    Tensor file = tf.images().encodePng(image);
    Tensor boxes = tf.constant(new float[][] {{0, 0, 1, 1}, {0, 0, 1, 0.9f}, {2, 2, 3, 3}});
    Tensor scores = tf.constant(new float[5][2][3]);
    SparseTensor labels =
        tf.sparse().of(new long[][] {{0, 0}, {1, 0}}, new int[] {0, 1}, new long[] {2, 1});
    int[] lengths = {5, 5};
    List<TensorValue> r =
        run(
            List.of(
                tf.images().decodePng(file, 0, DataType.UINT8),
                tf.images()
                    .hsvToRgb(tf.images().rgbToHsv(tf.constant(new float[] {0.1f, 0.5f, 0.3f}))),
                tf.images().nonMaxSuppression(boxes, new float[] {0.5f, 0.9f, 0.4f}, 5, 0.5f, 0f),
                tf.ctcLoss(labels, scores, lengths),
                tf.ctcGreedyDecoder(scores, lengths).labels().get(0).values(),
                tf.ctcBeamSearchDecoder(scores, lengths, 4, 2).logProbability()));
    assertThat(r.get(0).toLongs()).containsOnly(7).hasSize(18);
    Values.assertClose(r.get(1), new double[] {0.1, 0.5, 0.3}, 1e-5);
    assertThat(r.get(2).ints()).containsExactly(1, 2);
    // 15 of the 3^5 ways give one label: its runs.
    double loss = -Math.log(15 / 243.0);
    Values.assertClose(r.get(3), new double[] {loss, loss}, 1e-5);
    assertThat(r.get(4).longs()).containsExactly(0, 0);
    assertThat(r.get(5).shape().dims()).containsExactly(2, 2);
  }
}
