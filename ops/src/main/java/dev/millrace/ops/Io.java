package dev.millrace.ops;

import dev.millrace.graph.AttrValue;
import dev.millrace.graph.DataType;
import dev.millrace.graph.OpBuilder;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import dev.millrace.graph.Scope;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Files, readers of records, and what makes tensors of text and bytes ({@link Ops#io}). */
public final class Io {
  private final Ops ops;

  Io(Ops ops) {
    this.ops = ops;
  }

  // ---- files

  /** A file's contents, a string scalar (ReadFile). */
  public Tensor readFile(Object name) {
    return ops.node("ReadFile", "ReadFile", name);
  }

  /** Writes a file, and makes the folders that are not there (WriteFile). */
  public Operation writeFile(Object name, Object contents) {
    return ops.begin("WriteFile", "WriteFile", name, contents).build();
  }

  /** The names, sorted, of files that fit a pattern, or one of several (MatchingFiles). */
  public Tensor matchingFiles(Object pattern) {
    return ops.node("MatchingFiles", "MatchingFiles", pattern);
  }

  // ---- readers

  private Reader reader(OpBuilder b) {
    return new Reader(ops, b.build().output(0));
  }

  private OpBuilder begin(String type) {
    return ops.op(type, type);
  }

  /** Gives whole files, called by their names (WholeFileReaderV2). */
  public Reader wholeFileReader() {
    return reader(begin("WholeFileReaderV2"));
  }

  /** Gives what is in its queue as it is (IdentityReaderV2). */
  public Reader identityReader() {
    return reader(begin("IdentityReaderV2"));
  }

  /** Gives lines (TextLineReaderV2). */
  public Reader textLineReader() {
    return textLineReader(0);
  }

  /**
   * Gives lines (TextLineReaderV2).
   *
   * @param skipHeaderLines how many to leave out at the beginning of each file
   */
  public Reader textLineReader(int skipHeaderLines) {
    return reader(begin("TextLineReaderV2").attr("skip_header_lines", skipHeaderLines));
  }

  /** Gives the records of TFRecord files (TFRecordReaderV2). */
  public Reader tfRecordReader() {
    return tfRecordReader("");
  }

  /**
   * Gives the records of TFRecord files (TFRecordReaderV2).
   *
   * @param compression empty, ZLIB or GZIP
   */
  public Reader tfRecordReader(String compression) {
    return reader(begin("TFRecordReaderV2").attr("compression_type", compression));
  }

  /** Gives records of one length (FixedLengthRecordReaderV2). */
  public Reader fixedLengthRecordReader(long recordBytes) {
    return fixedLengthRecordReader(recordBytes, 0, 0);
  }

  /** Gives records of one length that lie between a header and a footer. */
  public Reader fixedLengthRecordReader(long recordBytes, long headerBytes, long footerBytes) {
    return reader(
        begin("FixedLengthRecordReaderV2")
            .attr("record_bytes", recordBytes)
            .attr("header_bytes", headerBytes)
            .attr("footer_bytes", footerBytes));
  }

  // ---- decoding

  /**
   * The bytes of strings as numbers, little-endian; with a dimension more (DecodeRaw).
   *
   * @param bytes strings of one length
   */
  public Tensor decodeRaw(Object bytes, DataType type) {
    return ops.finish(ops.begin("DecodeRaw", "DecodeRaw", bytes).attr("out_type", type));
  }

  /** Strings that were compressed as a whole, by ZLIB or GZIP (DecodeCompressed). */
  public Tensor decodeCompressed(Object bytes, String compression) {
    return ops.finish(
        ops.begin("DecodeCompressed", "DecodeCompressed", bytes)
            .attr("compression_type", compression));
  }

  /**
   * Lines of comma-separated values as columns (DecodeCSV).
   *
   * @param records strings of any shape, which the columns have too
   * @param defaults for each column its default, which tells its dtype: a scalar or vector of one;
   *     an empty vector where a value is required
   */
  public List<Tensor> decodeCsv(Object records, List<?> defaults) {
    return decodeCsv(records, defaults, ",");
  }

  /** As {@link #decodeCsv(Object, List)}, with another delimiter. */
  public List<Tensor> decodeCsv(Object records, List<?> defaults, String delimiter) {
    try (Scope s = ops.graph().nameScope("DecodeCSV")) {
      List<Output> converted = new ArrayList<>();
      for (Object d : defaults) {
        converted.add(ops.convert(d, null, "record_defaults_" + converted.size()));
      }
      return ops.tensors(
          ops.op("DecodeCSV", s.name())
              .input(ops.convert(records, DataType.STRING, "records"))
              .inputList(converted)
              .attr("field_delim", delimiter)
              .build());
    }
  }

  /** A tensor as a string (SerializeTensor). */
  public Tensor serializeTensor(Object x) {
    return ops.node("SerializeTensor", "SerializeTensor", x);
  }

  /** The tensor that {@link #serializeTensor} made a string of (ParseTensor). */
  public Tensor parseTensor(Object serialized, DataType type) {
    return ops.finish(ops.begin("ParseTensor", "ParseTensor", serialized).attr("out_type", type));
  }

  /**
   * A feature that each example has as many values of: the shape of one.
   *
   * @param defaultValue for examples without it, or null where it is required
   */
  public record Dense(DataType type, Shape shape, Object defaultValue) {
    /** A feature that each example must have. */
    public Dense(DataType type, Shape shape) {
      this(type, shape, null);
    }
  }

  /**
   * What was parsed.
   *
   * @param dense by name the values [batch, …]
   * @param sparse by name the parts of a sparse tensor [batch, most values]
   */
  public record Parsed(Map<String, Tensor> dense, Map<String, SparseParts> sparse) {}

  /** The parts of a sparse tensor. */
  public record SparseParts(Tensor indices, Tensor values, Tensor denseShape) {}

  /**
   * Features of serialized Example messages (ParseExample).
   *
   * @param serialized a vector of strings
   * @param dense by name the features of which each example has as many values
   * @param sparse by name the dtypes of those of which there may be any number
   */
  public Parsed parseExample(
      Object serialized, Map<String, Dense> dense, Map<String, DataType> sparse) {
    try (Scope s = ops.graph().nameScope("ParseExample")) {
      List<Output> denseKeys = new ArrayList<>();
      List<Output> defaults = new ArrayList<>();
      List<Output> sparseKeys = new ArrayList<>();
      dense.forEach(
          (name, d) -> {
            denseKeys.add(ops.convert(name, DataType.STRING, "dense_keys_" + denseKeys.size()));
            defaults.add(defaultOf(d, defaults.size()));
          });
      sparse
          .keySet()
          .forEach(
              name ->
                  sparseKeys.add(
                      ops.convert(name, DataType.STRING, "sparse_keys_" + sparseKeys.size())));
      Operation op =
          ops.op("ParseExample", s.name())
              .input(ops.convert(serialized, DataType.STRING, "serialized"))
              .input(ops.constantNode("names", TensorValue.zeros(DataType.STRING, Shape.of(0))))
              .inputList(sparseKeys)
              .inputList(denseKeys)
              .inputList(defaults)
              .attr("sparse_types", AttrValue.ofTypes(List.copyOf(sparse.values())))
              .attr(
                  "dense_shapes",
                  AttrValue.ofShapes(dense.values().stream().map(Dense::shape).toList()))
              .build();
      return parsed(op, dense, sparse);
    }
  }

  private Output defaultOf(Dense d, int i) {
    return d.defaultValue == null
        ? ops.constantNode("dense_defaults_" + i, TensorValue.zeros(d.type, Shape.of(0)))
        : ops.convert(d.defaultValue, d.type, "dense_defaults_" + i);
  }

  private Parsed parsed(Operation op, Map<String, Dense> dense, Map<String, DataType> sparse) {
    List<Tensor> all = ops.tensors(op);
    Map<String, SparseParts> parts = new LinkedHashMap<>();
    int n = sparse.size();
    int k = 0;
    for (String name : sparse.keySet()) {
      parts.put(name, new SparseParts(all.get(k), all.get(n + k), all.get(2 * n + k)));
      k++;
    }
    Map<String, Tensor> values = new LinkedHashMap<>();
    k = 3 * n;
    for (String name : dense.keySet()) {
      values.put(name, all.get(k++));
    }
    return new Parsed(values, parts);
  }

  /**
   * As {@link #parseExample}, of one example: without a batch (ParseSingleExample).
   *
   * @param serialized a string scalar
   */
  public Parsed parseSingleExample(
      Object serialized, Map<String, Dense> dense, Map<String, DataType> sparse) {
    try (Scope s = ops.graph().nameScope("ParseSingleExample")) {
      List<Output> defaults = new ArrayList<>();
      dense.values().forEach(d -> defaults.add(defaultOf(d, defaults.size())));
      Operation op =
          ops.op("ParseSingleExample", s.name())
              .input(ops.convert(serialized, DataType.STRING, "serialized"))
              .inputList(defaults)
              .attr("num_sparse", sparse.size())
              .attr("sparse_keys", AttrValue.ofStrings(List.copyOf(sparse.keySet())))
              .attr("dense_keys", AttrValue.ofStrings(List.copyOf(dense.keySet())))
              .attr("sparse_types", AttrValue.ofTypes(List.copyOf(sparse.values())))
              .attr(
                  "dense_shapes",
                  AttrValue.ofShapes(dense.values().stream().map(Dense::shape).toList()))
              .build();
      return parsed(op, dense, sparse);
    }
  }

  /** Features of serialized SequenceExample messages: {@link SequenceParser}. */
  public SequenceParser sequenceParser() {
    return new SequenceParser(ops);
  }

  // ---- printing

  /**
   * x itself; when it is computed, {@code data} are printed on the error stream (Print).
   *
   * @param data tensors and Java values, of each of which the first three elements are shown
   */
  public Tensor print(Object x, List<?> data, String message) {
    try (Scope s = ops.graph().nameScope("Print")) {
      List<Output> shown = new ArrayList<>();
      data.forEach(d -> shown.add(ops.convert(d, null, "data_" + shown.size())));
      return ops.finish(
          ops.op("Print", s.name())
              .input(ops.convert(x, null, "input"))
              .inputList(shown)
              .attr("message", message));
    }
  }
}
