package dev.millrace.ops.defs;

import dev.millrace.graph.OpDef;
import dev.millrace.graph.OpRegistry;
import dev.millrace.graph.Shape;
import dev.millrace.graph.ShapeContext;

/** Strings as sequences of Unicode's characters, in one encoding or another. */
final class UnicodeOps {
  private static final String ERRORS = "errors: {'strict', 'replace', 'ignore'} = 'replace'";
  private static final String REPLACEMENT = "replacement_char: int = 65533";
  private static final String CONTROLS = "replace_control_characters: bool = false";
  private static final String SPLITS = "Tsplits: {int32, int64} = int64";

  private UnicodeOps() {}

  static void register(OpRegistry r) {
    r.add(
        OpDef.named("UnicodeTranscode")
            .inputs("input: string")
            .outputs("output: string")
            .attrs(
                "input_encoding: string",
                "output_encoding: {'UTF-8', 'UTF-16-BE', 'UTF-32-BE'}",
                ERRORS,
                REPLACEMENT,
                CONTROLS)
            .shape(Shapes::unchanged));
    String[] attrs = {"input_encoding: string", ERRORS, REPLACEMENT, CONTROLS, SPLITS};
    r.add(
        OpDef.named("UnicodeDecode")
            .inputs("input: string")
            .outputs("row_splits: Tsplits", "char_values: int32")
            .attrs(attrs)
            .valueInputs(0)
            .shape(UnicodeOps::decodeShape));
    r.add(
        OpDef.named("UnicodeDecodeWithOffsets")
            .inputs("input: string")
            .outputs("row_splits: Tsplits", "char_values: int32", "char_to_byte_starts: int64")
            .attrs(attrs)
            .valueInputs(0)
            .shape(UnicodeOps::decodeShape));
    r.add(
        OpDef.named("UnicodeEncode")
            .inputs("input_values: int32", "input_splits: Tsplits")
            .outputs("output: string")
            .attrs(
                ERRORS, "output_encoding: {'UTF-8', 'UTF-16-BE', 'UTF-32-BE'}", REPLACEMENT, SPLITS)
            .shape(UnicodeOps::encodeShape));
  }

  /** A row for each string, one border more than there are rows. */
  private static void decodeShape(ShapeContext c) {
    long n = c.input(0).isFullyDefined() ? c.input(0).numElements() + 1 : Shape.UNKNOWN;
    c.output(0, Shape.vector(n));
    for (int i = 1; i < c.outputCount(); i++) {
      c.output(i, Shape.ofRank(1));
    }
  }

  private static void encodeShape(ShapeContext c) {
    c.inputOfRank(0, 1);
    long borders = c.inputOfRank(1, 1).dim(0);
    c.output(0, Shape.vector(borders > 0 ? borders - 1 : Shape.UNKNOWN));
  }
}
