package dev.millrace.cli.interop;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Float16;
import dev.millrace.graph.OpBuilder;
import dev.millrace.graph.TensorValue;
import dev.millrace.proto.GraphDef;
import dev.millrace.proto.VersionDef;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Collects cases by name; a family of ops adds its own. */
final class CaseList {
  private final Map<String, GraphDef> cases;

  CaseList(Map<String, GraphDef> cases) {
    this.cases = cases;
  }

  /** Adds a case of one op without attributes to set. */
  void op(String type, String variant, TensorValue... inputs) {
    op(type, variant, b -> b, inputs);
  }

  /** Adds a case of one op. */
  void op(String type, String variant, UnaryOperator<OpBuilder> attrs, TensorValue... inputs) {
    add(type, variant, new CaseGraph(inputs).op(type, attrs));
  }

  /** Adds a case of one op whose results are compared with that tolerance. */
  void op(
      String type,
      String variant,
      float tolerance,
      UnaryOperator<OpBuilder> attrs,
      TensorValue... inputs) {
    add(type, variant, new CaseGraph(inputs).tolerance(tolerance).op(type, attrs));
  }

  /** The graph as a TensorFlow wrote it that still had the op. */
  static GraphDef producedBy(int version, GraphDef graph) {
    return graph.toBuilder().setVersions(VersionDef.newBuilder().setProducer(version)).build();
  }

  /** Adds a case of that name. */
  void add(String type, String variant, GraphDef graph) {
    if (cases.put(type + "__" + variant, graph) != null) {
      throw new IllegalArgumentException("two cases " + type + "__" + variant);
    }
  }

  /** The numbers of {@code v} as those of another dtype. */
  static TensorValue as(DataType t, TensorValue v) {
    Object data = TensorValue.newStorage(t, v.size());
    for (int i = 0; i < v.size(); i++) {
      double x = v.getDouble(i);
      switch (t) {
        case FLOAT32 -> ((float[]) data)[i] = (float) x;
        case FLOAT64 -> ((double[]) data)[i] = x;
        case FLOAT16 -> ((short[]) data)[i] = Float16.ofFloat((float) x);
        case BFLOAT16 -> ((short[]) data)[i] = Float16.bfloatOfFloat((float) x);
        case INT32, UINT32 -> ((int[]) data)[i] = (int) v.getLong(i);
        case INT64, UINT64 -> ((long[]) data)[i] = v.getLong(i);
        case INT16, UINT16 -> ((short[]) data)[i] = (short) v.getLong(i);
        case INT8, UINT8 -> ((byte[]) data)[i] = (byte) v.getLong(i);
        default -> throw new IllegalArgumentException("no numbers of " + t);
      }
    }
    return TensorValue.wrap(t, v.shape(), data);
  }
}
