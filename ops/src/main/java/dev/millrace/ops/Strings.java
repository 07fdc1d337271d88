package dev.millrace.ops;

import dev.millrace.graph.AttrValue;
import dev.millrace.graph.DataType;
import dev.millrace.graph.OpBuilder;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import java.util.ArrayList;
import java.util.List;

/**
 * Strings ({@link Ops#strings}): tf.strings. They are sequences of bytes; ops that count characters
 * take them as UTF-8 and say so.
 */
public final class Strings {
  private final Ops ops;

  Strings(Ops ops) {
    this.ops = ops;
  }

  private OpBuilder begin(String type, Object... inputs) {
    return ops.begin(type, type, inputs);
  }

  // ---- joining and splitting

  /** Strings element by element one after another; scalars go with any shape (StringJoin). */
  public Tensor join(List<?> inputs, String separator) {
    List<Output> all = new ArrayList<>();
    for (Object x : inputs) {
      all.add(ops.convert(x, DataType.STRING, "input_" + all.size()));
    }
    return ops.finish(ops.op("StringJoin", null).inputList(all).attr("separator", separator));
  }

  /**
   * Strings along axes as one (ReduceJoin).
   *
   * @param axes the first of them runs the quickest; none for nothing to be joined
   */
  public Tensor reduceJoin(Object x, String separator, boolean keepDims, int... axes) {
    return ops.finish(
        begin("ReduceJoin", x, axes).attr("keep_dims", keepDims).attr("separator", separator));
  }

  /** The strings that have one id, in order (UnsortedSegmentJoin). */
  public Tensor unsortedSegmentJoin(Object x, Object ids, Object num, String separator) {
    return ops.finish(begin("UnsortedSegmentJoin", x, ids, num).attr("separator", separator));
  }

  /** The words of a vector of strings between white space: a row for each (StringSplitV2). */
  public SparseTensor split(Object x) {
    return split(x, "", -1);
  }

  /**
   * The parts of a vector of strings, a row for each, as Python splits them (StringSplitV2).
   *
   * @param separator a string; empty for any white space
   * @param maxSplit how often to split at most; -1 for any
   */
  public SparseTensor split(Object x, Object separator, int maxSplit) {
    return sparse(begin("StringSplitV2", x, separator).attr("maxsplit", maxSplit).build());
  }

  /**
   * The parts between any of the delimiter's bytes (StringSplit).
   *
   * @param delimiter bytes that end a part; empty for every byte to be one
   */
  public SparseTensor splitAtBytes(Object x, Object delimiter, boolean skipEmpty) {
    return sparse(begin("StringSplit", x, delimiter).attr("skip_empty", skipEmpty).build());
  }

  private SparseTensor sparse(Operation op) {
    List<Tensor> t = ops.tensors(op);
    return new SparseTensor(t.get(0), t.get(1), t.get(2));
  }

  // ---- parts and forms

  /** The number of bytes of each: int32 (StringLength). */
  public Tensor length(Object x) {
    return ops.finish(begin("StringLength", x));
  }

  /** The number of characters of each: int32 (StringLength). */
  public Tensor characters(Object x) {
    return ops.finish(begin("StringLength", x).attr("unit", "UTF8_CHAR"));
  }

  /**
   * Parts by bytes (Substr).
   *
   * @param pos where each begins, from the end if negative; broadcasts with x
   * @param len how long each is at most, of pos' shape
   */
  public Tensor substr(Object x, Object pos, Object len) {
    return ops.finish(begin("Substr", x, pos, len));
  }

  /** As {@link #substr}, by characters. */
  public Tensor substrOfCharacters(Object x, Object pos, Object len) {
    return ops.finish(begin("Substr", x, pos, len).attr("unit", "UTF8_CHAR"));
  }

  /** In lower case, all of UTF-8 (StringLower). */
  public Tensor lower(Object x) {
    return ops.finish(begin("StringLower", x).attr("encoding", "utf-8"));
  }

  /** In upper case, all of UTF-8 (StringUpper). */
  public Tensor upper(Object x) {
    return ops.finish(begin("StringUpper", x).attr("encoding", "utf-8"));
  }

  /** Without white space at both ends (StringStrip). */
  public Tensor strip(Object x) {
    return ops.finish(begin("StringStrip", x));
  }

  /**
   * The characters of strings in another encoding (UnicodeTranscode); what means nothing becomes
   * U+FFFD.
   *
   * @param from an encoding, as UTF-8 or ISO-8859-1
   * @param to UTF-8, UTF-16-BE or UTF-32-BE
   */
  public Tensor unicodeTranscode(Object x, String from, String to) {
    return ops.finish(
        ops.begin("UnicodeTranscode", "UnicodeTranscode", x)
            .attr("input_encoding", from)
            .attr("output_encoding", to));
  }

  /**
   * Characters of strings, one string's behind the other's.
   *
   * @param rowSplits where each string's begin and, at last, all end: int64, one more than strings
   * @param codePoints the characters, int32
   * @param byteStarts where the bytes of each begin in its string, int64
   */
  public record Characters(Tensor rowSplits, Tensor codePoints, Tensor byteStarts) {}

  /**
   * The characters of strings as numbers (UnicodeDecodeWithOffsets); what means nothing becomes
   * U+FFFD.
   *
   * @param encoding as UTF-8 or UTF-16-BE
   */
  public Characters unicodeDecode(Object x, String encoding) {
    var all =
        ops.tensors(
            ops.begin("UnicodeDecodeWithOffsets", "UnicodeDecode", x)
                .attr("input_encoding", encoding)
                .build());
    return new Characters(all.get(0), all.get(1), all.get(2));
  }

  /**
   * Strings of characters (UnicodeEncode), the reverse of {@link #unicodeDecode}.
   *
   * @param codePoints an int32 vector
   * @param rowSplits where each string's characters begin and, at last, all end: int32 or int64
   * @param encoding UTF-8, UTF-16-BE or UTF-32-BE
   */
  public Tensor unicodeEncode(Object codePoints, Object rowSplits, String encoding) {
    return ops.finish(
        ops.begin("UnicodeEncode", "UnicodeEncode", codePoints, rowSplits)
            .attr("output_encoding", encoding));
  }

  /** In web-safe base64 (EncodeBase64). */
  public Tensor encodeBase64(Object x, boolean pad) {
    return ops.finish(begin("EncodeBase64", x).attr("pad", pad));
  }

  /** The bytes that web-safe base64 stands for (DecodeBase64). */
  public Tensor decodeBase64(Object x) {
    return ops.finish(begin("DecodeBase64", x));
  }

  // ---- numbers

  /** Numbers or bools as text, reals with six digits behind the point (AsString). */
  public Tensor asString(Object x) {
    return ops.finish(begin("AsString", x));
  }

  /** Reals as text with that many digits behind the point (AsString). */
  public Tensor asString(Object x, int precision) {
    return ops.finish(begin("AsString", x).attr("precision", precision));
  }

  /**
   * The numbers that strings spell (StringToNumber).
   *
   * @param dtype float32, float64, int32 or int64
   */
  public Tensor toNumber(Object x, DataType dtype) {
    return ops.finish(begin("StringToNumber", x).attr("out_type", dtype));
  }

  /** A bucket for each string by FarmHash's fingerprint: int64 (StringToHashBucketFast). */
  public Tensor toHashBucketFast(Object x, long buckets) {
    return ops.finish(begin("StringToHashBucketFast", x).attr("num_buckets", buckets));
  }

  /** A bucket for each string by a hash with a secret key of two numbers (SipHash). */
  public Tensor toHashBucketStrong(Object x, long buckets, long key0, long key1) {
    return ops.finish(
        begin("StringToHashBucketStrong", x)
            .attr("num_buckets", buckets)
            .attr("key", AttrValue.ofInts(key0, key1)));
  }

  /** A bucket for each string by the hash of old programs (StringToHashBucket). */
  public Tensor toHashBucket(Object x, long buckets) {
    return ops.finish(begin("StringToHashBucket", x).attr("num_buckets", buckets));
  }

  /** The template with each {@code {}} replaced by a tensor's text (StringFormat). */
  public Tensor format(String template, List<?> inputs) {
    return format(template, inputs, "{}", 3);
  }

  /**
   * The template with each placeholder replaced by a tensor's text (StringFormat).
   *
   * @param summarize how many elements to show at both ends of each dimension; -1 for all
   */
  public Tensor format(String template, List<?> inputs, String placeholder, int summarize) {
    List<Output> all = new ArrayList<>();
    for (Object x : inputs) {
      all.add(ops.convert(x, null, "input_" + all.size()));
    }
    return ops.finish(
        ops.op("StringFormat", null)
            .inputList(all)
            .attr("template", template)
            .attr("placeholder", placeholder)
            .attr("summarize", summarize));
  }

  // ---- regular expressions

  /** Whether each string as a whole matches a pattern of RE2: bool (RegexFullMatch). */
  public Tensor regexFullMatch(Object x, String pattern) {
    return ops.finish(begin("StaticRegexFullMatch", x).attr("pattern", pattern));
  }

  /** As {@link #regexFullMatch(Object, String)}, with a pattern that is computed. */
  public Tensor regexFullMatch(Object x, Tensor pattern) {
    return ops.finish(begin("RegexFullMatch", x, pattern));
  }

  /**
   * What matches a pattern of RE2 replaced (RegexReplace).
   *
   * @param rewrite text in which {@code \0} to {@code \9} stand for groups
   * @param all whether to replace every match, or the first alone
   */
  public Tensor regexReplace(Object x, String pattern, String rewrite, boolean all) {
    return ops.finish(
        begin("StaticRegexReplace", x)
            .attr("pattern", pattern)
            .attr("rewrite", rewrite)
            .attr("replace_global", all));
  }

  /** As above, with a pattern and a rewrite that are computed. */
  public Tensor regexReplace(Object x, Tensor pattern, Tensor rewrite, boolean all) {
    return ops.finish(begin("RegexReplace", x, pattern, rewrite).attr("replace_global", all));
  }
}
