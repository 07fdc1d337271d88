package dev.millrace.cli.interop;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Operand;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Sparse;
import dev.millrace.ops.SparseTensor;
import dev.millrace.ops.Tensor;
import java.util.List;

/** Calls of what is grouped: strings, sparse tensors and Fourier transforms. */
final class FluentTextCalls {
  private FluentTextCalls() {}

  // ---- strings

  static FluentCalls strings() {
    FluentCalls c = new FluentCalls();
    c.add("strings.join", (f, tf) -> tf.strings().join(List.of(words(f), words(f), "!"), "-"));
    c.add("strings.reduceJoin", (f, tf) -> tf.strings().reduceJoin(table(f), "+", true, 1, 0));
    c.add("strings.reduceJoin", (f, tf) -> tf.strings().reduceJoin(table(f), "", false, 0));
    c.add(
        "strings.unsortedSegmentJoin",
        (f, tf) -> tf.strings().unsortedSegmentJoin(words(f), f.ints(1, 0, 1, 3), 4, ","));
    c.add("strings.split", (f, tf) -> tf.strings().split(texts(f)));
    c.add("strings.split", (f, tf) -> tf.strings().split(texts(f), "a", 1));
    c.add("strings.splitAtBytes", (f, tf) -> tf.strings().splitAtBytes(texts(f), " a", true));
    c.add("strings.splitAtBytes", (f, tf) -> tf.strings().splitAtBytes(texts(f), "", true));
    c.add("strings.length", (f, tf) -> tf.strings().length(words(f)));
    c.add("strings.characters", (f, tf) -> tf.strings().characters(words(f)));
    c.add("strings.substr", (f, tf) -> tf.strings().substr(table(f), -2, 2));
    c.add(
        "strings.substrOfCharacters",
        (f, tf) -> tf.strings().substrOfCharacters(f.in(new String[] {"Äöü€", "abcd"}), 1, 2));
    c.add(
        "strings.unicodeTranscode",
        (f, tf) -> tf.strings().unicodeTranscode(words(f), "UTF-8", "UTF-16-BE"));
    c.add(
        "strings.unicodeDecode",
        (f, tf) -> {
          var chars = tf.strings().unicodeDecode(words(f), "UTF-8");
          return List.of(chars.rowSplits(), chars.codePoints(), chars.byteStarts());
        });
    c.add(
        "strings.unicodeEncode",
        (f, tf) ->
            tf.strings()
                .unicodeEncode(f.ints('a', 'ü', 0x1f600), new long[] {0, 1, 1, 3}, "UTF-8"));
    c.add("strings.lower", (f, tf) -> tf.strings().lower(words(f)));
    c.add("strings.upper", (f, tf) -> tf.strings().upper(words(f)));
    c.add("strings.strip", (f, tf) -> tf.strings().strip(texts(f)));
    c.add("strings.encodeBase64", (f, tf) -> tf.strings().encodeBase64(words(f), true));
    c.add("strings.encodeBase64", (f, tf) -> tf.strings().encodeBase64(words(f), false));
    c.add(
        "strings.decodeBase64",
        (f, tf) -> tf.strings().decodeBase64(f.in(new String[] {"YWI", "_-8=", ""})));
    c.add("strings.asString", (f, tf) -> tf.strings().asString(f.any(2, 3)));
    c.add("strings.asString", (f, tf) -> tf.strings().asString(f.any(2, 3), 2));
    c.add("strings.asString", (f, tf) -> tf.strings().asString(f.ints(3, -4)));
    c.add("strings.asString", (f, tf) -> tf.strings().asString(f.in(new boolean[] {true, false})));
    for (DataType t : List.of(DataType.FLOAT32, DataType.FLOAT64, DataType.INT32, DataType.INT64)) {
      c.add(
          "strings.toNumber",
          (f, tf) -> tf.strings().toNumber(f.in(new String[] {"12", " -3 "}), t));
    }
    c.add("strings.toHashBucketFast", (f, tf) -> tf.strings().toHashBucketFast(words(f), 1000));
    c.add(
        "strings.toHashBucketStrong",
        (f, tf) -> tf.strings().toHashBucketStrong(words(f), 1000, 5, 7));
    c.add("strings.toHashBucket", (f, tf) -> tf.strings().toHashBucket(words(f), 1000));
    c.add("strings.format", (f, tf) -> tf.strings().format("a {} b {}", List.of(f.in(3), f.in(7))));
    c.add(
        "strings.format",
        (f, tf) -> tf.strings().format("x = @", List.of(f.ints(1, 2, 3, 4, 5, 6)), "@", 2));
    c.add("strings.regexFullMatch", (f, tf) -> tf.strings().regexFullMatch(words(f), "[a-z]+"));
    c.add(
        "strings.regexFullMatch",
        (f, tf) -> tf.strings().regexFullMatch(words(f), f.in(".*[bc].*")));
    c.add(
        "strings.regexReplace",
        (f, tf) -> tf.strings().regexReplace(texts(f), "(\\w)a", "<\\1>", true));
    c.add(
        "strings.regexReplace",
        (f, tf) -> tf.strings().regexReplace(texts(f), f.in("a+"), f.in("_"), false));
    return c;
  }

  private static Tensor words(FluentCalls f) {
    return f.in(new String[] {"abc", "", "Dé", "x9-b"});
  }

  private static Tensor table(FluentCalls f) {
    return f.in(new String[][] {{"ab", "cd", "ef"}, {"gh", "ij", "kl"}});
  }

  private static Tensor texts(FluentCalls f) {
    return f.in(new String[] {" banana and apple ", "", "aa", "plum"});
  }

  // ---- sparse tensors

  static FluentCalls sparse() {
    FluentCalls c = new FluentCalls();
    c.add("sparse.of", (f, tf) -> some(f, tf));
    c.add("sparse.fromDense", (f, tf) -> tf.sparse().fromDense(f.in(new float[] {0, 2, 0, 3})));
    c.add("sparse.toDense", (f, tf) -> tf.sparse().toDense(some(f, tf)));
    c.add("sparse.toDense", (f, tf) -> tf.sparse().toDense(some(f, tf), -1));
    c.add("sparse.toIndicator", (f, tf) -> tf.sparse().toIndicator(some(f, tf)));
    c.add("sparse.matmul", (f, tf) -> tf.sparse().matmul(some(f, tf), f.any(4, 2)));
    c.add("sparse.matmul", (f, tf) -> tf.sparse().matmul(some(f, tf), f.any(2, 3), true, true));
    c.add("sparse.addDense", (f, tf) -> tf.sparse().addDense(some(f, tf), f.any(3, 4)));
    c.add("sparse.multiply", (f, tf) -> tf.sparse().multiply(some(f, tf), f.any(4)));
    c.add("sparse.divide", (f, tf) -> tf.sparse().divide(some(f, tf), f.positive(3, 4)));
    c.add("sparse.softmax", (f, tf) -> tf.sparse().softmax(some(f, tf)));
    c.add("sparse.add", (f, tf) -> tf.sparse().add(some(f, tf), other(f, tf)));
    c.add("sparse.add", (f, tf) -> tf.sparse().add(some(f, tf), other(f, tf), 0.5));
    c.add("sparse.maximum", (f, tf) -> tf.sparse().maximum(some(f, tf), other(f, tf)));
    c.add("sparse.minimum", (f, tf) -> tf.sparse().minimum(some(f, tf), other(f, tf)));
    c.add("sparse.reduceSum", (f, tf) -> tf.sparse().reduceSum(some(f, tf), true, 1));
    c.add("sparse.reduceSum", (f, tf) -> tf.sparse().reduceSum(some(f, tf), false));
    c.add("sparse.reduceMax", (f, tf) -> tf.sparse().reduceMax(some(f, tf), false, 0));
    c.add("sparse.reduceSumSparse", (f, tf) -> tf.sparse().reduceSumSparse(some(f, tf), false, 1));
    c.add("sparse.reduceMaxSparse", (f, tf) -> tf.sparse().reduceMaxSparse(some(f, tf), true, 1));
    c.add("sparse.concat", (f, tf) -> tf.sparse().concat(1, List.of(some(f, tf), other(f, tf))));
    c.add("sparse.split", (f, tf) -> tf.sparse().split(some(f, tf), 2, 1));
    c.add(
        "sparse.slice",
        (f, tf) -> tf.sparse().slice(some(f, tf), new long[] {0, 1}, new long[] {2, 2}));
    c.add(
        "sparse.reorder",
        (f, tf) -> {
          long[][] at = {{2, 1}, {0, 3}, {0, 1}};
          return tf.sparse().reorder(tf.sparse().of(at, f.any(3), new long[] {3, 4}));
        });
    c.add("sparse.reshape", (f, tf) -> tf.sparse().reshape(some(f, tf), new long[] {2, -1}));
    c.add(
        "sparse.retain",
        (f, tf) -> tf.sparse().retain(some(f, tf), f.in(new boolean[] {true, false, false, true})));
    c.add(
        "sparse.fillEmptyRows",
        (f, tf) -> {
          var filled = tf.sparse().fillEmptyRows(some(f, tf), 9);
          return List.<Object>of(filled.tensor(), filled.emptyRows());
        });
    c.add("sparse.cross", (f, tf) -> tf.sparse().cross(columns(f, tf)));
    c.add("sparse.cross", (f, tf) -> tf.sparse().cross(List.of(table(f))));
    for (long buckets : new long[] {0, 100}) {
      c.add(
          "sparse.crossHashed",
          (f, tf) -> tf.sparse().crossHashed(columns(f, tf), buckets, Sparse.HASH_KEY));
      c.add(
          "sparse.crossHashed",
          (f, tf) -> tf.sparse().crossHashed(List.of(table(f), table(f)), buckets, 7));
    }
    for (boolean normalize : new boolean[] {false, true}) {
      c.add(
          "sparse.editDistance",
          (f, tf) -> tf.sparse().editDistance(some(f, tf), other(f, tf), normalize));
    }
    return c;
  }

  private static SparseTensor some(FluentCalls f, Ops tf) {
    long[][] at = {{0, 1}, {0, 3}, {2, 0}, {2, 1}};
    return tf.sparse().of(f.in(at), f.any(4), new long[] {3, 4});
  }

  /** Two rows: sparse strings and integers, dense ones, of which one is empty in a row. */
  private static List<Object> columns(FluentCalls f, Ops tf) {
    long[][] at = {{0, 0}, {0, 1}, {1, 0}};
    SparseTensor words = tf.sparse().of(at, f.in(new String[] {"a", "b", "c"}), new long[] {2, 2});
    SparseTensor ids = tf.sparse().of(at, f.ints(5, -6, 7), new long[] {2, 2});
    return List.of(words, ids, table(f));
  }

  private static SparseTensor other(FluentCalls f, Ops tf) {
    long[][] at = {{0, 0}, {0, 3}, {1, 2}};
    return tf.sparse().of(f.in(at), f.any(3), new long[] {3, 4});
  }

  // ---- Fourier transforms

  static FluentCalls signal() {
    FluentCalls c = new FluentCalls();
    c.add("signal.fft", (f, tf) -> tf.signal().fft(complex(f, tf, 2, 6)));
    c.add("signal.ifft", (f, tf) -> tf.signal().ifft(complex(f, tf, 2, 6)));
    c.add("signal.fft2d", (f, tf) -> tf.signal().fft2d(complex(f, tf, 3, 4)));
    c.add("signal.ifft2d", (f, tf) -> tf.signal().ifft2d(complex(f, tf, 3, 4)));
    c.add("signal.fft3d", (f, tf) -> tf.signal().fft3d(complex(f, tf, 2, 3, 4)));
    c.add("signal.ifft3d", (f, tf) -> tf.signal().ifft3d(complex(f, tf, 2, 3, 4)));
    c.add("signal.rfft", (f, tf) -> tf.signal().rfft(f.any(2, 6)));
    c.add("signal.rfft", (f, tf) -> tf.signal().rfft(f.any(2, 6), 8));
    c.add("signal.rfft2d", (f, tf) -> tf.signal().rfft2d(f.any(3, 5), 2, 6));
    c.add("signal.rfft3d", (f, tf) -> tf.signal().rfft3d(f.any(2, 3, 4)));
    c.add("signal.irfft", (f, tf) -> tf.signal().irfft(complex(f, tf, 2, 4)));
    c.add("signal.irfft", (f, tf) -> tf.signal().irfft(complex(f, tf, 2, 4), 5));
    c.add("signal.irfft2d", (f, tf) -> tf.signal().irfft2d(complex(f, tf, 3, 4)));
    c.add("signal.irfft3d", (f, tf) -> tf.signal().irfft3d(complex(f, tf, 2, 3, 4), 2, 3, 6));
    return c;
  }

  private static Operand complex(FluentCalls f, Ops tf, long... dims) {
    return tf.complex(f.any(dims), f.any(dims));
  }
}
