package dev.millrace.graph;

import dev.millrace.proto.FunctionDef;
import dev.millrace.proto.NodeDef;
import dev.millrace.proto.OpDef.ArgDef;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Writes a function's body as TensorFlow's FunctionDef. */
final class FunctionWriter {
  static final String INPUT_SHAPES = "_input_shapes";

  private final FunctionBody body;
  private final Set<String> argNames = new HashSet<>();
  private final Map<Operation, String> arguments = new HashMap<>();

  FunctionWriter(FunctionBody body) {
    this.body = body;
  }

  FunctionDef write() {
    FunctionDef.Builder f = FunctionDef.newBuilder();
    dev.millrace.proto.OpDef.Builder signature = f.getSignatureBuilder();
    signature.setName(body.name());
    List<Output> parameters = body.parameters();
    List<Operation> ops = body.graph().operations();
    ops.forEach(op -> argNames.add(op.name()));
    parameters.forEach(p -> argNames.remove(p.op().name()));
    for (Output p : parameters) {
      String name = argName(p.op().name());
      arguments.put(p.op(), name);
      signature.addInputArg(arg(name, p.dtype()));
    }
    for (Operation op : ops) {
      if (!arguments.containsKey(op)) {
        f.addNodeDef(node(op));
      }
    }
    argNames.clear();
    for (Output r : body.results()) {
      String name = argName(r.op().name());
      signature.addOutputArg(arg(name, r.dtype()));
      f.putRet(name, reference(r));
    }
    for (Operation op : body.controlOutputs()) {
      signature.addControlOutput(op.name());
      f.putControlRet(op.name(), op.name());
    }
    signature.setIsStateful(body.isStateful());
    if (!parameters.isEmpty()) {
      List<Shape> shapes = parameters.stream().map(Output::shape).toList();
      f.putAttr(INPUT_SHAPES, AttrProtos.write(AttrValue.ofShapes(shapes)));
    }
    return f.build();
  }

  private static ArgDef arg(String name, DataType t) {
    return ArgDef.newBuilder().setName(name).setTypeValue(t.number()).build();
  }

  /** Names of arguments begin with a letter, and have only small ones, digits and underscores. */
  private String argName(String nodeName) {
    String clean = nodeName.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_]", "_");
    if (!Character.isLetter(clean.charAt(0))) {
      clean = "arg_" + clean;
    }
    String name = clean;
    for (int i = 1; !argNames.add(name); i++) {
      name = clean + "_" + i;
    }
    return name;
  }

  private NodeDef node(Operation op) {
    NodeDef.Builder n =
        NodeDef.newBuilder().setName(op.name()).setOp(op.type()).setDevice(op.device().toString());
    for (Output in : op.inputs()) {
      if (in == null) {
        throw (FailedPreconditionException)
            new FailedPreconditionException("the loop that begins here is not closed").at(op);
      }
      n.addInput(reference(in));
    }
    for (Operation c : op.controlInputs()) {
      n.addInput("^" + arguments.getOrDefault(c, c.name()));
    }
    try {
      n.putAllAttr(AttrProtos.writeAll(new TreeMap<>(op.attrs().asMap())));
    } catch (MillraceException e) {
      throw e.at(op);
    }
    return n.build();
  }

  /** {@code argument}, or {@code node:output:index}. */
  private String reference(Output x) {
    String argument = arguments.get(x.op());
    if (argument != null) {
      return argument;
    }
    int at = x.index();
    for (OpDef.ArgDef out : x.op().def().outputs()) {
      int n = out.types(x.op().attrs()).size();
      if (at < n) {
        return x.op().name() + ":" + out.name() + ":" + at;
      }
      at -= n;
    }
    throw (InvalidArgumentException)
        new InvalidArgumentException(
                "a function cannot be written with a node whose op type is not registered")
            .at(x.op());
  }
}
