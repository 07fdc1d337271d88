package dev.millrace.ops.defs;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.OpDef;
import dev.millrace.graph.OpRegistry;
import dev.millrace.graph.Shape;
import dev.millrace.graph.ShapeContext;
import java.util.List;

/** Strings made into tensors: raw bytes, lines of a table, serialized tensors and examples. */
final class ParseOps {
  private static final String FEATURE_TYPES = "{float, int64, string}";

  private ParseOps() {}

  static void register(OpRegistry r) {
    decoding(r);
    examples(r);
    sequences(r);
  }

  private static void decoding(OpRegistry r) {
    r.add(
        OpDef.named("DecodeRaw")
            .inputs("bytes: string")
            .outputs("output: out_type")
            .attrs(
                "out_type: {half, float, double, int32, uint16, uint8, int16, int8, int64,"
                    + " complex64, complex128, bool}",
                "little_endian: bool = true")
            .valueInputs(0)
            .shape(c -> c.output(0, c.input(0).concat(Shape.ofRank(1)))));
    r.add(
        OpDef.named("DecodeCompressed")
            .inputs("bytes: string")
            .outputs("output: string")
            .attrs("compression_type: string = ''")
            .shape(Shapes::unchanged));
    r.add(
        OpDef.named("DecodeCSV")
            .inputs("records: string", "record_defaults: OUT_TYPE")
            .outputs("output: OUT_TYPE")
            .attrs(
                "OUT_TYPE: list({float, double, int32, int64, string}) >= 1",
                "field_delim: string = ','",
                "use_quote_delim: bool = true",
                "na_value: string = ''",
                "select_cols: list(int) = []")
            .shape(ParseOps::csvShape));
    r.add(
        OpDef.named("ParseTensor")
            .inputs("serialized: string")
            .outputs("output: out_type")
            .attrs("out_type: type")
            .valueInputs(0)
            .shape(c -> Shapes.requireScalar(c, 0, "a serialized tensor")));
    r.add(
        OpDef.named("SerializeTensor")
            .inputs("tensor: T")
            .outputs("serialized: string")
            .attrs("T: type")
            .shape(Shapes::scalar));
  }

  private static void csvShape(ShapeContext c) {
    for (int i = 1; i < c.inputCount(); i++) {
      Shape s = c.input(i);
      Shapes.requireRankAtMost(c, i, 1, "a default");
      if (s.hasRank() && s.rank() == 1 && s.dim(0) > 1) {
        throw new InvalidArgumentException(
            "a default must be a scalar, or a vector of one or none, but input "
                + i
                + " is of shape "
                + s);
      }
    }
    for (int i = 0; i < c.outputCount(); i++) {
      c.output(i, c.input(0));
    }
  }

  private static void examples(OpRegistry r) {
    r.add(
        OpDef.named("ParseExample")
            .inputs(
                "serialized: string",
                "names: string",
                "sparse_keys: Nsparse * string",
                "dense_keys: Ndense * string",
                "dense_defaults: Tdense")
            .outputs(
                "sparse_indices: Nsparse * int64",
                "sparse_values: sparse_types",
                "sparse_shapes: Nsparse * int64",
                "dense_values: Tdense")
            .attrs(
                "Nsparse: int >= 0",
                "Ndense: int >= 0",
                "sparse_types: list(" + FEATURE_TYPES + ") >= 0",
                "Tdense: list(" + FEATURE_TYPES + ") >= 0",
                "dense_shapes: list(shape) >= 0")
            .valueInputs(0)
            .shape(ParseOps::exampleShape));
    r.add(
        OpDef.named("ParseSingleExample")
            .inputs("serialized: string", "dense_defaults: Tdense")
            .outputs(
                "sparse_indices: num_sparse * int64",
                "sparse_values: sparse_types",
                "sparse_shapes: num_sparse * int64",
                "dense_values: Tdense")
            .attrs(
                "num_sparse: int >= 0",
                "sparse_keys: list(string) >= 0",
                "dense_keys: list(string) >= 0",
                "sparse_types: list(" + FEATURE_TYPES + ") >= 0",
                "Tdense: list(" + FEATURE_TYPES + ") >= 0",
                "dense_shapes: list(shape) >= 0")
            .valueInputs(0)
            .shape(ParseOps::singleShape));
  }

  private static void requireCount(String what, long count, int is) {
    if (count != is) {
      throw new InvalidArgumentException(what + " must be " + count + ", but are " + is);
    }
  }

  private static void exampleShape(ShapeContext c) {
    Shape serialized = c.inputOfRank(0, 1);
    c.inputOfRank(1, 1);
    int sparse = (int) c.attrs().getInt("Nsparse");
    List<Shape> dense = c.attrs().getShapes("dense_shapes");
    requireCount(
        "the dtypes of sparse features", sparse, c.attrs().getTypes("sparse_types").size());
    requireCount("the dtypes of dense features", c.attrs().getInt("Ndense"), types(c, "Tdense"));
    requireCount("the shapes of dense features", c.attrs().getInt("Ndense"), dense.size());
    sparseShapes(c, 0, sparse, 2);
    for (int i = 0; i < dense.size(); i++) {
      c.output(3 * sparse + i, serialized.concat(dense.get(i)));
    }
  }

  private static int types(ShapeContext c, String attr) {
    List<DataType> t = c.attrs().getTypes(attr);
    return t.size();
  }

  /** Indices, values and shapes of sparse tensors of that rank. */
  private static void sparseShapes(ShapeContext c, int at, int count, int rank) {
    for (int i = 0; i < count; i++) {
      c.output(at + i, Shape.of(Shape.UNKNOWN, rank));
      c.output(at + count + i, Shape.ofRank(1));
      c.output(at + 2 * count + i, Shape.vector(rank));
    }
  }

  private static void singleShape(ShapeContext c) {
    Shapes.requireScalar(c, 0, "a serialized example");
    int sparse = (int) c.attrs().getInt("num_sparse");
    List<Shape> dense = c.attrs().getShapes("dense_shapes");
    requireCount("the keys of sparse features", sparse, c.attrs().getStrings("sparse_keys").size());
    requireCount("the dtypes of sparse features", sparse, types(c, "sparse_types"));
    int count = c.attrs().getStrings("dense_keys").size();
    requireCount("the dtypes of dense features", count, types(c, "Tdense"));
    requireCount("the shapes of dense features", count, dense.size());
    sparseShapes(c, 0, sparse, 1);
    for (int i = 0; i < dense.size(); i++) {
      c.output(3 * sparse + i, dense.get(i));
    }
  }

  private static void sequences(OpRegistry r) {
    r.add(
        OpDef.named("ParseSingleSequenceExample")
            .inputs(
                "serialized: string",
                "feature_list_dense_missing_assumed_empty: string",
                "context_sparse_keys: Ncontext_sparse * string",
                "context_dense_keys: Ncontext_dense * string",
                "feature_list_sparse_keys: Nfeature_list_sparse * string",
                "feature_list_dense_keys: Nfeature_list_dense * string",
                "context_dense_defaults: Tcontext_dense",
                "debug_name: string")
            .outputs(
                "context_sparse_indices: Ncontext_sparse * int64",
                "context_sparse_values: context_sparse_types",
                "context_sparse_shapes: Ncontext_sparse * int64",
                "context_dense_values: Tcontext_dense",
                "feature_list_sparse_indices: Nfeature_list_sparse * int64",
                "feature_list_sparse_values: feature_list_sparse_types",
                "feature_list_sparse_shapes: Nfeature_list_sparse * int64",
                "feature_list_dense_values: feature_list_dense_types")
            .attrs(
                "Ncontext_sparse: int >= 0 = 0",
                "Ncontext_dense: int >= 0 = 0",
                "Nfeature_list_sparse: int >= 0 = 0",
                "Nfeature_list_dense: int >= 0 = 0",
                "context_sparse_types: list(" + FEATURE_TYPES + ") >= 0 = []",
                "Tcontext_dense: list(" + FEATURE_TYPES + ") >= 0 = []",
                "feature_list_dense_types: list(" + FEATURE_TYPES + ") >= 0 = []",
                "context_dense_shapes: list(shape) >= 0 = []",
                "feature_list_sparse_types: list(" + FEATURE_TYPES + ") >= 0 = []",
                "feature_list_dense_shapes: list(shape) >= 0 = []")
            .valueInputs(0)
            .shape(ParseOps::sequenceShape));
    r.add(
        OpDef.named("ParseSequenceExample")
            .inputs(
                "serialized: string",
                "debug_name: string",
                "context_dense_defaults: Tcontext_dense")
            .outputs(
                "context_sparse_indices: Ncontext_sparse * int64",
                "context_sparse_values: context_sparse_types",
                "context_sparse_shapes: Ncontext_sparse * int64",
                "context_dense_values: Tcontext_dense",
                "feature_list_sparse_indices: Nfeature_list_sparse * int64",
                "feature_list_sparse_values: feature_list_sparse_types",
                "feature_list_sparse_shapes: Nfeature_list_sparse * int64",
                "feature_list_dense_values: feature_list_dense_types",
                "feature_list_dense_lengths: Nfeature_list_dense * int64")
            .attrs(
                "feature_list_dense_missing_assumed_empty: list(string) >= 0",
                "context_sparse_keys: list(string) >= 0",
                "context_dense_keys: list(string) >= 0",
                "feature_list_sparse_keys: list(string) >= 0",
                "feature_list_dense_keys: list(string) >= 0",
                "Ncontext_sparse: int >= 0 = 0",
                "Ncontext_dense: int >= 0 = 0",
                "Nfeature_list_sparse: int >= 0 = 0",
                "Nfeature_list_dense: int >= 0 = 0",
                "context_sparse_types: list(" + FEATURE_TYPES + ") >= 0 = []",
                "Tcontext_dense: list(" + FEATURE_TYPES + ") >= 0 = []",
                "feature_list_dense_types: list(" + FEATURE_TYPES + ") >= 0 = []",
                "context_dense_shapes: list(shape) >= 0 = []",
                "feature_list_sparse_types: list(" + FEATURE_TYPES + ") >= 0 = []",
                "feature_list_dense_shapes: list(shape) >= 0 = []")
            .valueInputs(0)
            .shape(ParseOps::sequencesShape));
  }

  private static void sequencesShape(ShapeContext c) {
    Shape serialized = c.inputOfRank(0, 1);
    c.inputOfRank(1, 1);
    int sparse = c.attrs().getStrings("context_sparse_keys").size();
    List<Shape> dense = c.attrs().getShapes("context_dense_shapes");
    int listSparse = c.attrs().getStrings("feature_list_sparse_keys").size();
    List<Shape> listDense = c.attrs().getShapes("feature_list_dense_shapes");
    int denseKeys = c.attrs().getStrings("context_dense_keys").size();
    int listDenseKeys = c.attrs().getStrings("feature_list_dense_keys").size();
    requireCount("Ncontext_sparse", sparse, (int) c.attrs().getInt("Ncontext_sparse"));
    requireCount("the dtypes of sparse features", sparse, types(c, "context_sparse_types"));
    requireCount("the shapes of dense features", denseKeys, dense.size());
    requireCount("the dtypes of dense features", denseKeys, types(c, "Tcontext_dense"));
    requireCount(
        "Nfeature_list_sparse", listSparse, (int) c.attrs().getInt("Nfeature_list_sparse"));
    requireCount("the dtypes of sparse lists", listSparse, types(c, "feature_list_sparse_types"));
    requireCount("the shapes of dense lists", listDenseKeys, listDense.size());
    requireCount("the dtypes of dense lists", listDenseKeys, types(c, "feature_list_dense_types"));
    requireCount(
        "Nfeature_list_dense", listDenseKeys, (int) c.attrs().getInt("Nfeature_list_dense"));
    sparseShapes(c, 0, sparse, 2);
    int at = 3 * sparse;
    for (Shape s : dense) {
      c.output(at++, serialized.concat(s));
    }
    sparseShapes(c, at, listSparse, 3);
    at += 3 * listSparse;
    for (Shape s : listDense) {
      c.output(at++, serialized.concat(Shape.ofRank(1)).concat(s));
    }
    for (int i = 0; i < listDenseKeys; i++) {
      c.output(at++, serialized);
    }
  }

  private static void sequenceShape(ShapeContext c) {
    Shapes.requireScalar(c, 0, "a serialized example");
    int sparse = (int) c.attrs().getInt("Ncontext_sparse");
    List<Shape> dense = c.attrs().getShapes("context_dense_shapes");
    int listSparse = (int) c.attrs().getInt("Nfeature_list_sparse");
    List<Shape> listDense = c.attrs().getShapes("feature_list_dense_shapes");
    requireCount("the shapes of dense features", c.attrs().getInt("Ncontext_dense"), dense.size());
    requireCount(
        "the shapes of dense lists", c.attrs().getInt("Nfeature_list_dense"), listDense.size());
    sparseShapes(c, 0, sparse, 1);
    int at = 3 * sparse;
    for (Shape s : dense) {
      c.output(at++, s);
    }
    sparseShapes(c, at, listSparse, 2);
    at += 3 * listSparse;
    for (Shape s : listDense) {
      c.output(at++, Shape.ofRank(1).concat(s));
    }
  }
}
