package dev.millrace.autodiff;

/** Strings have no gradients, whatever is made of them. */
public final class StringGradients implements GradientProvider {
  @Override
  public void register(GradientRegistry r) {
    for (String type :
        new String[] {
          "StringJoin",
          "ReduceJoin",
          "UnsortedSegmentJoin",
          "StringSplit",
          "StringSplitV2",
          "Substr",
          "StringLower",
          "StringUpper",
          "StringStrip",
          "EncodeBase64",
          "DecodeBase64",
          "AsString",
          "StringFormat",
          "RegexReplace",
          "StaticRegexReplace"
        }) {
      r.notDifferentiable(type, "its result is text");
    }
    for (String type :
        new String[] {
          "StringLength",
          "StringToHashBucket",
          "StringToHashBucketFast",
          "StringToHashBucketStrong",
          "StringToNumber",
          "RegexFullMatch",
          "StaticRegexFullMatch"
        }) {
      r.notDifferentiable(type, "it is computed from text");
    }
  }
}
