package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class NpyFilesPropertyTest {
  @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
  void whatIsWrittenReadsBackTheSame(@ForAll("values") TensorValue value) throws IOException {
    TensorValue read = NpyFiles.read(new ByteArrayInputStream(NpyFiles.toBytes(value)));
    assertThat(read).isEqualTo(value);
  }

  @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
  void damagedFilesAreReportedAndNothingElse(
      @ForAll("values") TensorValue value, @ForAll long seed) {
    byte[] bytes = NpyFiles.toBytes(value);
    Random random = new Random(seed);
    for (int i = 0; i < 3; i++) {
      bytes[random.nextInt(Math.min(bytes.length, 128))] = (byte) random.nextInt();
    }
    byte[] damaged = Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
    try {
      assertThat(NpyFiles.read(new ByteArrayInputStream(damaged))).isNotNull();
    } catch (IOException | InvalidArgumentException e) {
      assertThat(e).hasMessageMatching("(?s).+");
    }
  }

  @Provide
  Arbitrary<TensorValue> values() {
    Arbitrary<DataType> dtypes =
        Arbitraries.of(DataType.values())
            .filter(t -> (t.isNumeric() && t != DataType.BFLOAT16) || t == DataType.BOOL);
    Arbitrary<long[]> shapes = Arbitraries.longs().between(0, 4).array(long[].class).ofMaxSize(4);
    Arbitrary<TensorValue> numbers =
        Combinators.combine(dtypes, shapes, Arbitraries.longs()).as(NpyFilesPropertyTest::random);
    Arbitrary<TensorValue> strings =
        Arbitraries.strings()
            .ofMaxLength(5)
            .filter(s -> !s.endsWith("\0"))
            .map(s -> s.getBytes(StandardCharsets.UTF_8))
            .array(byte[][].class)
            .ofMaxSize(6)
            .map(s -> TensorValue.wrap(DataType.STRING, Shape.vector(s.length), s));
    return Arbitraries.oneOf(numbers, strings);
  }

  private static TensorValue random(DataType dtype, long[] dims, long seed) {
    Random r = new Random(seed);
    TensorValue v = TensorValue.zeros(dtype, Shape.of(dims));
    if (v.data() instanceof float[] a) {
      for (int i = 0; i < a.length; i++) {
        a[i] = (float) r.nextGaussian();
      }
    } else if (v.data() instanceof double[] a) {
      Arrays.setAll(a, i -> r.nextGaussian());
    } else if (v.data() instanceof int[] a) {
      Arrays.setAll(a, i -> r.nextInt());
    } else if (v.data() instanceof long[] a) {
      Arrays.setAll(a, i -> r.nextLong());
    } else if (v.data() instanceof short[] a) {
      for (int i = 0; i < a.length; i++) {
        a[i] = (short) r.nextInt();
      }
    } else {
      byte[] a = v.bytes();
      for (int i = 0; i < a.length; i++) {
        a[i] = (byte) (dtype == DataType.BOOL ? r.nextInt(2) : r.nextInt());
      }
    }
    return v;
  }
}
