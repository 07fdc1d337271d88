package dev.millrace.cli.interop;

import dev.millrace.cli.loops.LoopGraph;
import dev.millrace.graph.DataType;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorProtos;
import dev.millrace.graph.TensorValue;
import dev.millrace.proto.AttrValue;
import dev.millrace.proto.GraphDef;
import dev.millrace.proto.NodeDef;
import dev.millrace.proto.TensorShapeProto;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Builds cases of ops on shared state, whose order control inputs give: each step waits for the one
 * before.
 */
final class StateGraph {
  private final LoopGraph graph = new LoopGraph();
  private String last; // what the next step waits for

  /** A node; {@code attrs} are names and values in turn. */
  String node(String type, List<String> inputs, Object... attrs) {
    NodeDef.Builder n = graph.node(type, type, inputs.toArray(String[]::new));
    for (int i = 0; i < attrs.length; i += 2) {
      n.putAttr((String) attrs[i], attr(attrs[i + 1]));
    }
    return n.getName();
  }

  /** A node that comes after the step before it; the next step comes after it. */
  String step(String type, List<String> inputs, Object... attrs) {
    List<String> all = new ArrayList<>(inputs);
    if (last != null) {
      all.add("^" + last);
    }
    last = node(type, all, attrs);
    return last;
  }

  private static AttrValue attr(Object x) {
    if (x instanceof AttrValue a) {
      return a;
    } else if (x instanceof DataType t) {
      return LoopGraph.attr(t);
    } else if (x instanceof String s) {
      return LoopGraph.attr(s);
    } else if (x instanceof Boolean b) {
      return LoopGraph.attr(b);
    } else if (x instanceof Float f) {
      return AttrValue.newBuilder().setF(f).build();
    } else if (x instanceof Shape s) {
      return AttrValue.newBuilder().setShape(shape(s)).build();
    }
    return LoopGraph.attr(((Number) x).longValue());
  }

  private static TensorShapeProto shape(Shape s) {
    TensorShapeProto.Builder b = TensorShapeProto.newBuilder();
    for (long d : s.dims()) {
      b.addDim(TensorShapeProto.Dim.newBuilder().setSize(d));
    }
    return b.build();
  }

  static AttrValue types(DataType... types) {
    AttrValue.ListValue.Builder list = AttrValue.ListValue.newBuilder();
    for (DataType t : types) {
      list.addTypeValue(t.number());
    }
    return AttrValue.newBuilder().setList(list).build();
  }

  static AttrValue shapes(Shape... shapes) {
    AttrValue.ListValue.Builder list = AttrValue.ListValue.newBuilder();
    for (Shape s : shapes) {
      list.addShape(shape(s));
    }
    return AttrValue.newBuilder().setList(list).build();
  }

  static AttrValue strings(String... strings) {
    AttrValue.ListValue.Builder list = AttrValue.ListValue.newBuilder();
    for (String s : strings) {
      list.addS(com.google.protobuf.ByteString.copyFrom(s, StandardCharsets.UTF_8));
    }
    return AttrValue.newBuilder().setList(list).build();
  }

  String input(Object javaValue) {
    return graph.input(javaValue);
  }

  String constant(Object javaValue) {
    return constant(TensorValue.of(javaValue));
  }

  String constant(TensorValue v) {
    return graph
        .node("Const", "Const")
        .putAttr("dtype", LoopGraph.attr(v.dtype()))
        .putAttr("value", AttrValue.newBuilder().setTensor(TensorProtos.write(v)).build())
        .getName();
  }

  /** A scalar of bytes. */
  String bytes(byte[] b) {
    return constant(TensorValue.wrap(DataType.STRING, Shape.scalar(), new byte[][] {b}));
  }

  /** The next output. */
  void output(String x) {
    graph.output(x);
  }

  /** The next output, from the bytes of a string, since the judge gives numbers only. */
  void outputBytes(String x) {
    output(node("DecodeRaw", List.of(x), "out_type", DataType.UINT8));
  }

  /** Has the last step run with the outputs. */
  void outputsAfterAll() {
    graph.output(constant(1), "^" + last);
  }

  GraphDef graphDef() {
    return graph.graphDef();
  }
}
