package dev.millrace.cli.interop;

import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.graph.AttrValue;
import dev.millrace.graph.DataType;
import dev.millrace.graph.OpBuilder;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import java.util.Locale;
import java.util.function.UnaryOperator;

/** Recorded cases of strings. */
final class StringCases {
  private static final TensorValue WORDS =
      TensorValue.of(new String[][] {{"a", "bc", ""}, {"Déjà vu", " x y ", "日本"}});
  private static final TensorValue ROW =
      TensorValue.of(new String[] {"a,b,,c", "", ",", "one two  three ", "x||y|z"});

  private StringCases() {}

  private static TensorValue text(String... s) {
    return TensorValue.of(s);
  }

  static void addTo(CaseList list) {
    joins(list);
    splits(list);
    parts(list);
    numbers(list);
    patterns(list);
    hashes(list);
    unicode(list);
  }

  /** Good and bad sequences of bytes in several encodings. */
  private static void unicode(CaseList list) {
    byte[][] bytes = {
      "Aé€😀\u0007".getBytes(UTF_8),
      {},
      {'a', (byte) 0xff, 'b', (byte) 0xe2, (byte) 0x82, 'c', (byte) 0xc3}
    };
    TensorValue texts = TensorValue.wrap(DataType.STRING, Shape.of(3), bytes);
    TensorValue wide =
        TensorValue.wrap(DataType.STRING, Shape.of(1), new byte[][] {"Aé€😀".getBytes(UTF_16BE)});
    for (String errors : new String[] {"replace", "ignore"}) {
      for (boolean controls : new boolean[] {false, true}) {
        UnaryOperator<OpBuilder> attrs =
            b ->
                b.attr("input_encoding", "UTF-8")
                    .attr("errors", errors)
                    .attr("replacement_char", '?')
                    .attr("replace_control_characters", controls);
        String variant = errors + (controls ? "_controls" : "");
        for (String to : new String[] {"UTF-8", "UTF-16-BE", "UTF-32-BE"}) {
          list.op(
              "UnicodeTranscode",
              variant + "_to_" + to.replace("-", "").toLowerCase(Locale.ROOT),
              b -> attrs.apply(b).attr("output_encoding", to),
              texts);
        }
        list.op("UnicodeDecode", variant, attrs, texts);
        list.op("UnicodeDecodeWithOffsets", variant, attrs, texts);
      }
      list.op(
          "UnicodeEncode",
          errors,
          b -> b.attr("errors", errors).attr("output_encoding", "UTF-8"),
          TensorValue.ofInts('a', 0x20ac, 0xd800, 0x1f600, 0x110000, 'z'),
          TensorValue.ofLongs(0, 3, 3, 6));
    }
    list.op(
        "UnicodeDecode",
        "wide",
        b -> b.attr("input_encoding", "UTF-16-BE").attr("Tsplits", DataType.INT32),
        wide);
    list.op(
        "UnicodeTranscode",
        "wide",
        b -> b.attr("input_encoding", "UTF-16-BE").attr("output_encoding", "UTF-8"),
        wide);
    list.op(
        "UnicodeTranscode",
        "latin",
        b -> b.attr("input_encoding", "ISO-8859-1").attr("output_encoding", "UTF-8"),
        texts);
  }

  private static void joins(CaseList list) {
    for (String separator : new String[] {"", ", "}) {
      String variant = separator.isEmpty() ? "plain" : "separated";
      list.add(
          "StringJoin",
          variant,
          new CaseGraph(WORDS, TensorValue.of("-"), WORDS)
              .listOp("StringJoin", b -> b.attr("separator", separator)));
      for (int[] axes : new int[][] {{0}, {1}, {0, 1}, {1, 0}, {-2}, {}}) {
        StringBuilder name = new StringBuilder(variant);
        for (int a : axes) {
          name.append(a < 0 ? "_m" : "_").append(Math.abs(a));
        }
        list.op(
            "ReduceJoin",
            name.toString(),
            b -> b.attr("separator", separator).attr("keep_dims", axes.length == 1),
            WORDS,
            TensorValue.ofInts(axes));
      }
      list.op(
          "UnsortedSegmentJoin",
          variant,
          b -> b.attr("separator", separator),
          WORDS,
          TensorValue.ofInts(2, 0),
          TensorValue.of(4));
    }
    list.op("ReduceJoin", "scalar_axis", WORDS, TensorValue.of(1));
    list.op(
        "UnsortedSegmentJoin",
        "elements",
        b -> b.attr("separator", "+"),
        WORDS,
        TensorValue.of(new int[][] {{1, 0, 1}, {1, 1, 0}}),
        TensorValue.of(2));
  }

  private static void splits(CaseList list) {
    for (String delimiter : new String[] {",", "", " ", ",|", "||"}) {
      String name = delimiter.replace(",", "c").replace(" ", "s").replace("|", "p");
      for (boolean skip : new boolean[] {true, false}) {
        list.op(
            "StringSplit",
            (name.isEmpty() ? "bytes" : name) + (skip ? "" : "_keep"),
            b -> b.attr("skip_empty", skip),
            ROW,
            TensorValue.of(delimiter));
      }
      for (int most : new int[] {-1, 0, 1, 2}) {
        list.op(
            "StringSplitV2",
            (name.isEmpty() ? "space" : name) + (most < 0 ? "" : "_" + most),
            b -> b.attr("maxsplit", most),
            ROW,
            TensorValue.of(delimiter));
      }
    }
    list.op(
        "StringSplit",
        "none",
        TensorValue.zeros(DataType.STRING, Shape.of(0)),
        TensorValue.of(","));
  }

  private static void parts(CaseList list) {
    for (String unit : new String[] {"BYTE", "UTF8_CHAR"}) {
      String name = unit.equals("BYTE") ? "bytes" : "characters";
      UnaryOperator<OpBuilder> by = b -> b.attr("unit", unit);
      list.op("StringLength", name, by, WORDS);
      TensorValue words = text("hello", "Déjà", "日本語x");
      list.op("Substr", name, by, words, TensorValue.of(1), TensorValue.of(2));
      list.op("Substr", name + "_negative", by, words, TensorValue.of(-3), TensorValue.of(2));
      list.op("Substr", name + "_below_0", by, words, TensorValue.of(1), TensorValue.of(-2));
      list.op(
          "Substr", name + "_end", by, TensorValue.of("ab"), TensorValue.of(2), TensorValue.of(2));
      list.op("Substr", name + "_long", by, words, TensorValue.of(2L), TensorValue.of(99L));
      list.op(
          "Substr",
          name + "_each",
          by,
          words,
          TensorValue.ofInts(0, 4, 2),
          TensorValue.ofInts(5, 1, 0));
      list.op(
          "Substr",
          name + "_broadcast",
          by,
          text("hello", "world").reshape(Shape.of(2, 1)),
          TensorValue.of(new int[][] {{0, 1, 2}}),
          TensorValue.of(new int[][] {{2, 2, 3}}));
      list.op(
          "Substr",
          name + "_scalar",
          by,
          TensorValue.of("hello"),
          TensorValue.ofInts(0, -2),
          TensorValue.ofInts(1, 2));
    }
    for (String type : new String[] {"StringLower", "StringUpper"}) {
      TensorValue mixed = text("AbC 1é", "ÀÉß", "straße Ž");
      list.op(type, "ascii", mixed);
      list.op(type, "utf8", b -> b.attr("encoding", "utf-8"), mixed);
    }
    list.op("StringStrip", "spaces", text("  a b\t\n", "", " ", "x", "\u000b\f\ry "));
    for (boolean pad : new boolean[] {false, true}) {
      list.op(
          "EncodeBase64",
          pad ? "padded" : "plain",
          b -> b.attr("pad", pad),
          text("", "a", "ab", "abc", "\u00ff\u00fe?>~日本"));
    }
    list.op("DecodeBase64", "words", text("", "YQ", "YQ==", "YWI", "YWJj", "w7_Dvj8-fg"));
  }

  private static void numbers(CaseList list) {
    TensorValue reals =
        TensorValue.ofFloats(
            0,
            -0f,
            1.5f,
            -2.25f,
            1e10f,
            1e-5f,
            123456.79f,
            3.4e38f,
            0.1f,
            100000,
            1000000,
            Float.POSITIVE_INFINITY,
            Float.NEGATIVE_INFINITY,
            0.125f,
            2.5f);
    for (DataType t : new DataType[] {DataType.FLOAT32, DataType.FLOAT64}) {
      TensorValue x = CaseList.as(t, reals);
      String name = t == DataType.FLOAT32 ? "f32" : "f64";
      list.op("AsString", name, x);
      list.op("AsString", name + "_shortest", b -> b.attr("shortest", true), x);
      list.op("AsString", name + "_scientific", b -> b.attr("scientific", true), x);
      for (int precision : new int[] {0, 2, 10}) {
        String p = "_p" + precision;
        list.op("AsString", name + p, b -> b.attr("precision", precision), x);
        list.op(
            "AsString",
            name + p + "_shortest",
            b -> b.attr("precision", precision).attr("shortest", true),
            x);
        list.op(
            "AsString",
            name + p + "_scientific",
            b -> b.attr("precision", precision).attr("scientific", true),
            x);
      }
      for (String fill : new String[] {"", " ", "-", "0", "+"}) {
        list.op(
            "AsString",
            name + "_fill_" + (fill.equals(" ") ? "space" : fill.isEmpty() ? "none" : fill),
            b -> b.attr("fill", fill).attr("width", 14).attr("precision", 3),
            x);
      }
    }
    TensorValue ints = TensorValue.ofInts(0, -7, 42, 100);
    for (DataType t :
        new DataType[] {DataType.INT8, DataType.INT16, DataType.INT32, DataType.INT64}) {
      list.op("AsString", t.toString(), CaseList.as(t, ints));
    }
    for (String fill : new String[] {" ", "-", "0", "+"}) {
      list.op(
          "AsString",
          "ints_fill_" + (fill.equals(" ") ? "space" : fill),
          b -> b.attr("fill", fill).attr("width", 6),
          ints);
    }
    list.op("AsString", "bool", TensorValue.of(new boolean[] {true, false}));
    CaseGraph g = new CaseGraph(TensorValue.ofFloats(1.5f, 0), TensorValue.ofFloats(-2, 3));
    var z =
        g.graph().opBuilder("Complex", "z").input(g.input(0)).input(g.input(1)).build().output(0);
    list.add(
        "AsString",
        "complex",
        g.outputs(g.graph().opBuilder("AsString", "op").input(z).attr("precision", 2).build()));
    TensorValue text =
        text(
            "0", "-1.5", " 2.25 ", "1e3", "+7", ".5", "1.", "1e-40", "1e50", "inf", "-inf", "NaN",
            "0x10", "-0xfF");
    list.op("StringToNumber", "recorded_f32", text);
    list.op("StringToNumber", "recorded_f64", b -> b.attr("out_type", DataType.FLOAT64), text);
    for (DataType t : new DataType[] {DataType.INT32, DataType.INT64}) {
      list.op(
          "StringToNumber",
          "recorded_" + t,
          b -> b.attr("out_type", t),
          text("0", "-15", " 22 ", "2147483647", "-2147483648"));
    }
    formats(list);
  }

  private static void formats(CaseList list) {
    TensorValue[] values = {
      TensorValue.ofInts(1, 2, 3, 4, 5, 6, 7, 8),
      TensorValue.of(new float[][] {{1, 2.5f}, {-0.1f, 1e10f}}),
      TensorValue.of(new int[2][2][2]),
      TensorValue.of("text"),
      text("a", "b"),
      TensorValue.of(true),
      TensorValue.of(0.1),
      TensorValue.zeros(DataType.FLOAT32, Shape.of(0, 2))
    };
    for (int i = 0; i < values.length; i++) {
      for (int summarize : new int[] {3, 1, -1}) {
        list.add(
            "StringFormat",
            "value" + i + (summarize < 0 ? "_all" : "_" + summarize),
            new CaseGraph(values[i])
                .listOp(
                    "StringFormat",
                    b ->
                        b.attr("template", "<{}>")
                            .attr("placeholder", "{}")
                            .attr("summarize", summarize)));
      }
    }
    list.add(
        "StringFormat",
        "two",
        new CaseGraph(TensorValue.of(1), TensorValue.of(2f))
            .listOp("StringFormat", b -> b.attr("template", "a %s, b %s.")));
  }

  private static void patterns(CaseList list) {
    String[][] rewrites = {
      {"a(b*)", "<\\1>"},
      {"x*", "-"},
      {"(\\w+) (\\w+)", "\\2 \\1"},
      {"[éà]", "e\\\\"},
      {"^", ">"},
      {"(?i)HELLO", "\\0\\0"},
      {"\\s+$", ""},
      {"z", "\\5"}
    };
    TensorValue x = text("abbab", "", "hello world foo", "Déjà vu", "xxaxx  ", "Hello z");
    for (int i = 0; i < rewrites.length; i++) {
      String[] by = rewrites[i];
      for (boolean all : new boolean[] {true, false}) {
        String name = "pattern" + i + (all ? "" : "_first");
        list.op(
            "RegexReplace",
            name,
            b -> b.attr("replace_global", all),
            x,
            TensorValue.of(by[0]),
            TensorValue.of(by[1]));
        list.op(
            "StaticRegexReplace",
            name,
            b -> b.attr("pattern", by[0]).attr("rewrite", by[1]).attr("replace_global", all),
            x);
      }
    }
    for (String pattern : new String[] {"a.*", "[a-z ]*", ".{7}", ""}) {
      String name = "pattern" + pattern.length();
      list.op("RegexFullMatch", name, x, TensorValue.of(pattern));
      list.op("StaticRegexFullMatch", name, b -> b.attr("pattern", pattern), x);
    }
  }

  private static void hashes(CaseList list) {
    String[] words = new String[80];
    StringBuilder s = new StringBuilder();
    for (int i = 0; i < words.length; i++) {
      words[i] = s.toString();
      s.append((char) ('!' + (i * 37) % 90));
      if (i > 60) {
        s.append(words[i]);
        s.setLength(Math.min(s.length(), 1000 + i));
      }
    }
    for (long n : new long[] {1, 10, 1_000_003, Long.MAX_VALUE}) {
      String name = n == Long.MAX_VALUE ? "most" : Long.toString(n);
      UnaryOperator<OpBuilder> buckets = b -> b.attr("num_buckets", n);
      list.op("StringToHashBucketFast", name, buckets, text(words));
      list.op("StringToHashBucket", name, buckets, text(words));
      list.op(
          "StringToHashBucketStrong",
          name,
          b -> buckets.apply(b).attr("key", AttrValue.ofInts(0xDEADBEEF12345678L, 42)),
          text(words));
    }
    list.op("StringToHashBucketFast", "matrix", b -> b.attr("num_buckets", 7), WORDS);
  }
}
