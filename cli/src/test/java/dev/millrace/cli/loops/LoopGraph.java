package dev.millrace.cli.loops;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.TensorProtos;
import dev.millrace.graph.TensorValue;
import dev.millrace.proto.AttrValue;
import dev.millrace.proto.GraphDef;
import dev.millrace.proto.NodeDef;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes graphs with the loops and choices of TensorFlow 1 as its Python front end does, in the
 * form of the conformance cases. Tensors go by their names, control inputs by names with a caret.
 */
public final class LoopGraph {
  private final List<NodeDef.Builder> nodes = new ArrayList<>();
  private final Map<String, Integer> used = new HashMap<>();
  private int inputs;
  private int outputs;

  /** A node without attributes but those that follow from its inputs. */
  public String op(String type, String... inputs) {
    return node(type, type, inputs).getName();
  }

  /** A node whose attributes the caller adds; its name begins with {@code prefix}. */
  public NodeDef.Builder node(String prefix, String type, String... inputs) {
    int k = used.merge(prefix, 1, Integer::sum) - 1;
    NodeDef.Builder n =
        NodeDef.newBuilder().setName(k == 0 ? prefix : prefix + "_" + k).setOp(type);
    List<String> sorted = new ArrayList<>(Arrays.asList(inputs));
    Collections.sort(sorted, (a, b) -> Boolean.compare(a.startsWith("^"), b.startsWith("^")));
    n.addAllInput(sorted);
    nodes.add(n);
    return n;
  }

  /** A node with one attribute. */
  public String op(String type, String attr, AttrValue value, String... inputs) {
    return node(type, type, inputs).putAttr(attr, value).getName();
  }

  public static AttrValue attr(long x) {
    return AttrValue.newBuilder().setI(x).build();
  }

  public static AttrValue attr(boolean x) {
    return AttrValue.newBuilder().setB(x).build();
  }

  public static AttrValue attr(String x) {
    return AttrValue.newBuilder()
        .setS(com.google.protobuf.ByteString.copyFrom(x, StandardCharsets.UTF_8))
        .build();
  }

  public static AttrValue attr(DataType x) {
    return AttrValue.newBuilder().setTypeValue(x.number()).build();
  }

  public String constant(Object javaValue, String... controls) {
    return constant("Const", TensorValue.of(javaValue), controls);
  }

  private String constant(String prefix, TensorValue v, String... controls) {
    return node(prefix, "Const", controls)
        .putAttr("dtype", attr(v.dtype()))
        .putAttr("value", AttrValue.newBuilder().setTensor(TensorProtos.write(v)).build())
        .getName();
  }

  /** The next input, of that value's dtype and rank, which is fed with it. */
  public String input(Object javaValue) {
    TensorValue v = TensorValue.of(javaValue);
    constant("feed/" + inputs, v);
    var shape = dev.millrace.proto.TensorShapeProto.newBuilder();
    for (int i = 0; i < v.shape().rank(); i++) {
      shape.addDim(dev.millrace.proto.TensorShapeProto.Dim.newBuilder().setSize(-1));
    }
    return node("in/" + inputs++, "Placeholder")
        .putAttr("dtype", attr(v.dtype()))
        .putAttr("shape", AttrValue.newBuilder().setShape(shape).build())
        .getName();
  }

  /** The next output to be fetched. */
  public void output(String x, String... controls) {
    List<String> all = new ArrayList<>(List.of(x));
    all.addAll(List.of(controls));
    node("out/" + outputs++, "Identity", all.toArray(String[]::new));
  }

  /** A float32 or int32 value made into the other. */
  public String cast(String x, DataType to) {
    return op("Cast", "DstT", attr(to), x);
  }

  /** Merges values, one of which is alive. */
  public String merge(String... xs) {
    return op("Merge", "N", attr(xs.length), xs);
  }

  /** Begins a loop whose variables have these values at first. */
  public Loop loop(String frame, String... initial) {
    return new Loop(frame, initial);
  }

  /** Begins a choice. */
  public Choice choice(String pred) {
    return new Choice(pred);
  }

  /** A new handle of a resource variable, initialised by the node {@code init}. */
  public String variable(String name, Object initial) {
    TensorValue v = TensorValue.of(initial);
    var shape = dev.millrace.proto.TensorShapeProto.newBuilder();
    for (long d : v.shape().dims()) {
      shape.addDim(dev.millrace.proto.TensorShapeProto.Dim.newBuilder().setSize(d));
    }
    String handle =
        node(name, "VarHandleOp")
            .putAttr("dtype", attr(v.dtype()))
            .putAttr("shape", AttrValue.newBuilder().setShape(shape).build())
            .putAttr("shared_name", attr(name))
            .getName();
    String assign = op("AssignVariableOp", "dtype", attr(v.dtype()), handle, constant("Const", v));
    nodes.stream()
        .filter(n -> n.getName().equals("init"))
        .findFirst()
        .orElseGet(() -> node("init", "NoOp"))
        .addInput("^" + assign);
    return handle;
  }

  public String read(String handle, DataType dtype, String... controls) {
    List<String> all = new ArrayList<>(List.of(handle));
    all.addAll(List.of(controls));
    return op("ReadVariableOp", "dtype", attr(dtype), all.toArray(String[]::new));
  }

  /** The graph, all attributes filled in. */
  public GraphDef graphDef() {
    GraphDef.Builder def = GraphDef.newBuilder();
    def.getVersionsBuilder().setProducer(134);
    nodes.forEach(n -> def.addNode(n));
    Graph g = new Graph();
    g.importGraphDef(def.build());
    return g.toGraphDef();
  }

  /** A {@code tf.while_loop}: first the condition, then the body, then the exits. */
  public final class Loop {
    private final String frame;
    private final String[] merges;
    private final String[] next;
    private final String[] switches;
    private final String[] bodies;
    private String cond;

    private Loop(String frame, String... initial) {
      this.frame = frame;
      int n = initial.length;
      merges = new String[n];
      next = new String[n];
      switches = new String[n];
      bodies = new String[n];
      for (int i = 0; i < n; i++) {
        String enter =
            node(frame + "/Enter", "Enter", initial[i])
                .putAttr("frame_name", attr(frame))
                .getName();
        next[i] = frame + "/Next" + i;
        merges[i] = merge(enter, next[i]);
      }
    }

    /** Variable {@code i} as the condition sees it. */
    public String value(int i) {
      return merges[i];
    }

    /** What the constants of the condition wait for. */
    public String conditionPivot() {
      return "^" + merges[0];
    }

    /** Sets the condition; afterwards the body can be written. */
    public Loop condition(String pred) {
      cond = op("LoopCond", pred);
      for (int i = 0; i < merges.length; i++) {
        switches[i] = op("Switch", merges[i], cond);
        bodies[i] = op("Identity", switches[i] + ":1");
      }
      return this;
    }

    /** Goes on while variable {@code i}, an int32 scalar, is less than {@code limit}. */
    public Loop whileLess(int i, int limit) {
      return condition(op("Less", value(i), constant(limit, conditionPivot())));
    }

    /** Variable {@code i} as the body sees it. */
    public String body(int i) {
      return bodies[i];
    }

    /** What the constants of the body wait for. */
    public String pivot() {
      return "^" + bodies[0];
    }

    /** A value from outside that is the same in every iteration. */
    public String invariant(String x) {
      return node(frame + "/Invariant", "Enter", x)
          .putAttr("frame_name", attr(frame))
          .putAttr("is_constant", attr(true))
          .getName();
    }

    /** Gives variable {@code i} its next value. */
    public void next(int i, String x, String... controls) {
      List<String> all = new ArrayList<>(List.of(x));
      all.addAll(List.of(controls));
      node(next[i], "NextIteration", all.toArray(String[]::new));
    }

    /** Adds {@code step} to variable {@code i}, an int32 scalar, in each iteration. */
    public void count(int i, int step, String... controls) {
      next(i, op("Add", body(i), constant(step, pivot())), controls);
    }

    /** The last value of variable {@code i}. */
    public String exit(int i) {
      return op("Exit", switches[i]);
    }
  }

  /** A {@code tf.cond}. */
  public final class Choice {
    private final String pred;
    private final String[] pivots = new String[2];

    private Choice(String given) {
      String s = op("Switch", given, given);
      for (int side = 0; side < 2; side++) {
        pivots[side] = op("Identity", s + ":" + side);
      }
      pred = op("Identity", given);
    }

    /** A value as seen where the predicate is true. */
    public String yes(String x) {
      return op("Switch", x, pred) + ":1";
    }

    /** A value as seen where the predicate is false. */
    public String no(String x) {
      return op("Switch", x, pred);
    }

    /** What the constants of a branch wait for. */
    public String pivot(boolean side) {
      return "^" + pivots[side ? 1 : 0];
    }

    /** The predicate. */
    public String predicate() {
      return pred;
    }

    /** What the branch that was taken gives. */
    public String result(String yes, String no) {
      return merge(no, yes);
    }
  }
}
