package dev.millrace.ops.defs;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.KnownInts;
import dev.millrace.graph.OpDef;
import dev.millrace.graph.OpRegistry;
import dev.millrace.graph.Shape;
import dev.millrace.graph.ShapeContext;
import java.util.Arrays;
import java.util.TreeSet;

/** Strings, which are sequences of bytes. */
final class StringOps {
  private static final String UNIT = "unit: {'BYTE', 'UTF8_CHAR'} = 'BYTE'";
  private static final String SEPARATOR = "separator: string = ''";

  private StringOps() {}

  static void register(OpRegistry r) {
    joins(r);
    splits(r);
    parts(r);
    numbers(r);
    patterns(r);
    UnicodeOps.register(r);
  }

  // ---- joining and splitting

  private static void joins(OpRegistry r) {
    r.add(
        OpDef.named("StringJoin")
            .inputs("inputs: N * string")
            .outputs("output: string")
            .attrs("N: int >= 1", SEPARATOR)
            .shape(StringOps::joinShape));
    r.add(
        OpDef.named("ReduceJoin")
            .inputs("inputs: string", "reduction_indices: int32")
            .outputs("output: string")
            .attrs("keep_dims: bool = false", SEPARATOR)
            .valueInputs(1)
            .shape(StringOps::reduceShape));
    r.add(
        OpDef.named("UnsortedSegmentJoin")
            .inputs("inputs: string", "segment_ids: Tindices", "num_segments: Tnumsegments")
            .outputs("output: string")
            .attrs(SEPARATOR, "Tindices: {int32, int64}", "Tnumsegments: {int32, int64} = int32")
            .valueInputs(2)
            .shape(SegmentOps::unsortedShape));
  }

  /** All inputs that are not scalars have one shape. */
  private static void joinShape(ShapeContext c) {
    Shape out = Shape.scalar();
    boolean sure = true;
    for (int i = 0; i < c.inputCount(); i++) {
      Shape s = c.input(i);
      if (!s.hasRank()) {
        sure = false;
      } else if (s.rank() > 0) {
        if (out.rank() > 0 && !out.isCompatibleWith(s)) {
          throw new InvalidArgumentException(
              "the inputs that are not scalars must have one shape, but input "
                  + i
                  + " is "
                  + s
                  + " where "
                  + out
                  + " came before");
        }
        out = out.rank() > 0 ? out.merge(s) : s;
      }
    }
    c.output(0, sure || out.rank() > 0 ? out : Shape.unknown());
  }

  private static void reduceShape(ShapeContext c) {
    Shape in = c.input(0);
    KnownInts k = c.ints(1);
    boolean keep = c.attrs().getBool("keep_dims");
    Shape axesShape = c.input(1);
    if (axesShape.hasRank() && axesShape.rank() > 1) {
      throw new InvalidArgumentException(
          "reduction_indices must be a scalar or a vector, but their shape is " + axesShape);
    }
    if (!in.hasRank()) {
      c.output(0, in);
      return;
    }
    if (k == null || !k.isFullyKnown()) {
      c.output(0, keep ? Shape.ofRank(in.rank()) : Shape.unknown());
      return;
    }
    TreeSet<Integer> axes = new TreeSet<>();
    for (long a : k.toLongs()) {
      if (!axes.add(Shapes.axis(a, in.rank(), "each of reduction_indices, for " + in + ","))) {
        throw new InvalidArgumentException(
            "reduction_indices " + Arrays.toString(k.toLongs()) + " name an axis twice");
      }
    }
    Shape out = Shape.scalar();
    for (int i = 0; i < in.rank(); i++) {
      if (!axes.contains(i)) {
        out = out.concat(Shape.vector(in.dim(i)));
      } else if (keep) {
        out = out.concat(Shape.vector(1));
      }
    }
    c.output(0, out);
  }

  private static void splits(OpRegistry r) {
    r.add(
        OpDef.named("StringSplit")
            .inputs("input: string", "delimiter: string")
            .outputs("indices: int64", "values: string", "shape: int64")
            .attrs("skip_empty: bool = true")
            .allValueInputs()
            .shape(c -> splitShape(c, "the delimiter")));
    r.add(
        OpDef.named("StringSplitV2")
            .inputs("input: string", "sep: string")
            .outputs("indices: int64", "values: string", "shape: int64")
            .attrs("maxsplit: int = -1")
            .allValueInputs()
            .shape(c -> splitShape(c, "the separator")));
  }

  private static void splitShape(ShapeContext c, String separator) {
    c.inputOfRank(0, 1);
    Shapes.requireScalar(c, 1, separator);
    c.output(0, Shape.matrix(Shape.UNKNOWN, 2));
    c.output(1, Shape.vector(Shape.UNKNOWN));
    c.output(2, Shape.vector(2));
  }

  // ---- parts and forms

  private static void parts(OpRegistry r) {
    r.add(
        OpDef.named("StringLength")
            .inputs("input: string")
            .outputs("output: int32")
            .attrs(UNIT)
            .shape(Shapes::unchanged));
    r.add(
        OpDef.named("Substr")
            .inputs("input: string", "pos: T", "len: T")
            .outputs("output: string")
            .attrs("T: {int32, int64}", UNIT)
            .shape(
                c -> {
                  Shape pos = Shapes.merged(c, 1, 3);
                  c.output(0, c.input(0).broadcast(pos));
                }));
    for (String type : new String[] {"StringLower", "StringUpper"}) {
      r.add(
          OpDef.named(type)
              .inputs("input: string")
              .outputs("output: string")
              .attrs("encoding: string = ''")
              .shape(Shapes::unchanged));
    }
    r.add(
        OpDef.named("StringStrip")
            .inputs("input: string")
            .outputs("output: string")
            .shape(Shapes::unchanged));
    r.add(
        OpDef.named("EncodeBase64")
            .inputs("input: string")
            .outputs("output: string")
            .attrs("pad: bool = false")
            .shape(Shapes::unchanged));
    r.add(
        OpDef.named("DecodeBase64")
            .inputs("input: string")
            .outputs("output: string")
            .shape(Shapes::unchanged));
  }

  // ---- numbers

  private static void numbers(OpRegistry r) {
    r.add(
        OpDef.named("AsString")
            .inputs("input: T")
            .outputs("output: string")
            .attrs(
                "T: {int8, int16, int32, int64, complex64, complex128, float, double, bool}",
                "precision: int = -1",
                "scientific: bool = false",
                "shortest: bool = false",
                "width: int = -1",
                "fill: string = ''")
            .shape(Shapes::unchanged));
    r.add(
        OpDef.named("StringToNumber")
            .inputs("string_tensor: string")
            .outputs("output: out_type")
            .attrs("out_type: {float, double, int32, int64} = float")
            .shape(Shapes::unchanged));
    r.add(
        OpDef.named("StringFormat")
            .inputs("inputs: T")
            .outputs("output: string")
            .attrs(
                "T: list(type) >= 0",
                "template: string = '%s'",
                "placeholder: string = '%s'",
                "summarize: int = 3")
            .shape(StringOps::formatShape));
    bucket(r, "StringToHashBucket", "string_tensor: string");
    bucket(r, "StringToHashBucketFast", "input: string");
    bucket(r, "StringToHashBucketStrong", "input: string", "key: list(int)");
  }

  private static void bucket(OpRegistry r, String type, String input, String... attrs) {
    r.add(
        OpDef.named(type)
            .inputs(input)
            .outputs("output: int64")
            .attrs("num_buckets: int >= 1")
            .attrs(attrs)
            .shape(Shapes::unchanged));
  }

  private static void formatShape(ShapeContext c) {
    String template = c.attrs().getString("template");
    String placeholder = c.attrs().getString("placeholder");
    int places = 0;
    for (int at = template.indexOf(placeholder);
        at >= 0 && !placeholder.isEmpty();
        at = template.indexOf(placeholder, at + placeholder.length())) {
      places++;
    }
    if (places != c.inputCount()) {
      throw new InvalidArgumentException(
          "the template '"
              + template
              + "' has "
              + places
              + " times the placeholder '"
              + placeholder
              + "', but there are "
              + c.inputCount()
              + " inputs");
    }
    c.output(0, Shape.scalar());
  }

  // ---- regular expressions

  private static void patterns(OpRegistry r) {
    r.add(
        OpDef.named("RegexReplace")
            .inputs("input: string", "pattern: string", "rewrite: string")
            .outputs("output: string")
            .attrs("replace_global: bool = true")
            .shape(
                c -> {
                  Shapes.requireScalar(c, 1, "the pattern");
                  Shapes.requireScalar(c, 2, "the rewrite");
                  c.output(0, c.input(0));
                }));
    r.add(
        OpDef.named("StaticRegexReplace")
            .inputs("input: string")
            .outputs("output: string")
            .attrs("pattern: string", "rewrite: string", "replace_global: bool = true")
            .shape(Shapes::unchanged));
    r.add(
        OpDef.named("RegexFullMatch")
            .inputs("input: string", "pattern: string")
            .outputs("output: bool")
            .shape(
                c -> {
                  Shapes.requireScalar(c, 1, "the pattern");
                  c.output(0, c.input(0));
                }));
    r.add(
        OpDef.named("StaticRegexFullMatch")
            .inputs("input: string")
            .outputs("output: bool")
            .attrs("pattern: string")
            .shape(Shapes::unchanged));
  }
}
