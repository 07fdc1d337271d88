package dev.millrace.ops;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import java.util.List;

/** A lookup table: made by {@link Ops#lookup}. Its entries live in the session. */
public final class Table {
  private final Ops ops;
  private final Output handle;
  private final DataType keyType;
  private final DataType valueType;
  private final Output otherwise;

  Table(Ops ops, Output handle, DataType keyType, DataType valueType, Output otherwise) {
    this.ops = ops;
    this.handle = handle;
    this.keyType = keyType;
    this.valueType = valueType;
    this.otherwise = otherwise;
  }

  /** The resource that the table's operations take. */
  public Output handle() {
    return handle;
  }

  public DataType keyType() {
    return keyType;
  }

  public DataType valueType() {
    return valueType;
  }

  private Output keys(Object keys) {
    return ops.convert(keys, keyType, "keys");
  }

  /** The values of keys, the default where there are none (LookupTableFindV2). */
  public Tensor lookup(Object keys) {
    return ops.node("LookupTableFindV2", "hash_table_Lookup", handle, keys(keys), otherwise);
  }

  /** How many entries there are, an int64 scalar (LookupTableSizeV2). */
  public Tensor size() {
    return ops.node("LookupTableSizeV2", "hash_table_Size", handle);
  }

  /** Adds entries of a mutable table, replacing those of the same keys (LookupTableInsertV2). */
  public Operation insert(Object keys, Object values) {
    return ops.op("LookupTableInsertV2", "hash_table_Insert")
        .input(handle)
        .input(keys(keys))
        .input(ops.convert(values, valueType, "values"))
        .build();
  }

  /** Removes entries of a mutable table (LookupTableRemoveV2). */
  public Operation remove(Object keys) {
    return ops.op("LookupTableRemoveV2", "hash_table_Remove")
        .input(handle)
        .input(keys(keys))
        .build();
  }

  /** All keys and all values, in one order (LookupTableExportV2). */
  public List<Tensor> export() {
    return ops.tensors(
        ops.op("LookupTableExportV2", "hash_table_export")
            .input(handle)
            .attr("Tkeys", keyType)
            .attr("Tvalues", valueType)
            .build());
  }

  /** Puts these entries in the place of all of a mutable table (LookupTableImportV2). */
  public Operation replace(Object keys, Object values) {
    return ops.op("LookupTableImportV2", "hash_table_import")
        .input(handle)
        .input(keys(keys))
        .input(ops.convert(values, valueType, "values"))
        .build();
  }
}
