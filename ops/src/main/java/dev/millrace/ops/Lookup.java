package dev.millrace.ops;

import dev.millrace.graph.DataType;
import dev.millrace.graph.GraphKeys;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import dev.millrace.graph.Scope;
import dev.millrace.graph.Shape;

/**
 * Lookup tables ({@link Ops#lookup}): tf.lookup, and the helpers of tf.contrib.lookup. Tables that
 * get their entries once are filled by {@link Ops#tablesInitializer}.
 *
 * <pre>{@code
 * Table words = tf.lookup().indexTableFromFile("vocabulary.txt", 1);
 * Tensor ids = words.lookup(tokens);
 * session.run(tf.tablesInitializer());
 * }</pre>
 */
public final class Lookup {
  /** For {@link #fromTextFile}: the whole line. */
  public static final int WHOLE_LINE = -2;

  /** For {@link #fromTextFile}: the line's number, from 0. */
  public static final int LINE_NUMBER = -1;

  private final Ops ops;

  Lookup(Ops ops) {
    this.ops = ops;
  }

  private Output handle(String type, String name, DataType keys, DataType values) {
    return ops.op(type, name).attr("key_dtype", keys).attr("value_dtype", values).build().output(0);
  }

  private Table initialized(Table t, Operation initializer) {
    ops.graph().addToCollection(GraphKeys.TABLE_INITIALIZERS, initializer);
    return t;
  }

  /**
   * A table with these entries (HashTableV2).
   *
   * @param keys a vector
   * @param values a vector of as many
   * @param defaultValue the value of keys that are not there
   */
  public Table hashTable(Object keys, Object values, Object defaultValue) {
    try (Scope s = ops.graph().nameScope("hash_table")) {
      Output k = ops.convert(keys, null, "keys");
      Output v = ops.convert(values, null, "values");
      Table t =
          new Table(
              ops,
              handle("HashTableV2", s.name(), k.dtype(), v.dtype()),
              k.dtype(),
              v.dtype(),
              ops.convert(defaultValue, v.dtype(), "Const"));
      return initialized(
          t, ops.op("InitializeTableV2", "table_init").input(t.handle()).input(k).input(v).build());
    }
  }

  /**
   * A table whose entries are the lines of a text file (InitializeTableFromTextFileV2).
   *
   * @param keyColumn a column's number from 0, {@link #WHOLE_LINE} or {@link #LINE_NUMBER}
   * @param vocabularySize how many lines; -1 for all
   * @param delimiter one character that separates columns
   */
  public Table fromTextFile(
      Object file,
      DataType keyType,
      int keyColumn,
      DataType valueType,
      int valueColumn,
      int vocabularySize,
      String delimiter,
      Object defaultValue) {
    try (Scope s = ops.graph().nameScope("hash_table")) {
      Output name = ops.convert(file, DataType.STRING, "asset_filepath");
      ops.graph().addToCollection(GraphKeys.ASSET_FILEPATHS, ops.tensor(name));
      Table t =
          new Table(
              ops,
              handle("HashTableV2", s.name(), keyType, valueType),
              keyType,
              valueType,
              ops.convert(defaultValue, valueType, "Const"));
      return initialized(
          t,
          ops.op("InitializeTableFromTextFileV2", "table_init")
              .input(t.handle())
              .input(name)
              .attr("key_index", keyColumn)
              .attr("value_index", valueColumn)
              .attr("vocab_size", vocabularySize)
              .attr("delimiter", delimiter)
              .build());
    }
  }

  /**
   * The numbers, int64, of the lines of a file: what is not among them is -1. For a whole number of
   * buckets for unknown words see the ops that hash strings.
   */
  public Table indexTableFromFile(Object file) {
    return fromTextFile(
        file, DataType.STRING, WHOLE_LINE, DataType.INT64, LINE_NUMBER, -1, "\t", -1L);
  }

  /** The numbers, int64, of the elements of a vector of strings or integers; of others -1. */
  public Table indexTableFromTensor(Object vocabulary) {
    try (Scope s = ops.graph().nameScope("string_to_index")) {
      Output v = ops.convert(vocabulary, null, "vocabulary_list");
      Tensor numbers = ops.range(ops.sizeTensor(v)).cast(DataType.INT64);
      return hashTable(v, numbers, -1L);
    }
  }

  /** The lines, strings, of a file by their numbers; of others {@code defaultValue}. */
  public Table indexToStringTableFromFile(Object file, Object defaultValue) {
    return fromTextFile(
        file, DataType.INT64, LINE_NUMBER, DataType.STRING, WHOLE_LINE, -1, "\t", defaultValue);
  }

  /** The elements of a vector of strings by their numbers; of others {@code defaultValue}. */
  public Table indexToStringTableFromTensor(Object vocabulary, Object defaultValue) {
    try (Scope s = ops.graph().nameScope("index_to_string")) {
      Output v = ops.convert(vocabulary, DataType.STRING, "vocabulary_list");
      Tensor numbers = ops.range(ops.sizeTensor(v)).cast(DataType.INT64);
      return hashTable(numbers, v, defaultValue);
    }
  }

  /**
   * A table that begins empty and takes entries at any time (MutableHashTableV2, or
   * MutableHashTableOfTensorsV2 where values are no scalars).
   *
   * @param defaultValue the value of keys that are not there, which tells the values' shape
   */
  public Table mutableHashTable(DataType keyType, DataType valueType, Object defaultValue) {
    try (Scope s = ops.graph().nameScope("MutableHashTable")) {
      Output otherwise = ops.convert(defaultValue, valueType, "Const");
      Shape shape = otherwise.shape();
      boolean scalar = shape.hasRank() && shape.rank() == 0;
      var b =
          ops.op(scalar ? "MutableHashTableV2" : "MutableHashTableOfTensorsV2", s.name())
              .attr("key_dtype", keyType)
              .attr("value_dtype", valueType);
      if (!scalar) {
        b.attr("value_shape", shape);
      }
      return new Table(ops, b.build().output(0), keyType, valueType, otherwise);
    }
  }

  /**
   * As {@link #mutableHashTable}, with two keys that are never used (MutableDenseHashTableV2); keys
   * may be of any shape, that of these two.
   */
  public Table mutableDenseHashTable(
      DataType keyType,
      DataType valueType,
      Object defaultValue,
      Object emptyKey,
      Object deletedKey) {
    try (Scope s = ops.graph().nameScope("MutableDenseHashTable")) {
      Output otherwise = ops.convert(defaultValue, valueType, "Const");
      Output handle =
          ops.op("MutableDenseHashTableV2", s.name())
              .input(ops.convert(emptyKey, keyType, "empty_key"))
              .input(ops.convert(deletedKey, keyType, "deleted_key"))
              .attr("value_dtype", valueType)
              .attr("value_shape", otherwise.shape())
              .build()
              .output(0);
      return new Table(ops, handle, keyType, valueType, otherwise);
    }
  }
}
