package dev.millrace.cli;

import dev.millrace.graph.Graph;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import dev.millrace.proto.SignatureDef;
import dev.millrace.proto.TensorInfo;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Finds what names on the command line stand for: inputs and outputs of a signature, or else
 * tensors and operations of the graph, in a scope that goes without saying.
 */
final class SignatureNames {
  private final Graph graph;
  private final SignatureDef signature;
  private final String prefix;

  SignatureNames(GraphSession loaded, SignatureDef signature, String prefix) {
    this.graph = loaded.graph();
    this.signature = signature;
    this.prefix = prefix.isEmpty() || prefix.endsWith("/") ? prefix : prefix + "/";
  }

  /** The names of the signature's outputs, in their order. */
  List<String> outputs() {
    return List.copyOf(new TreeSet<>(signature.getOutputsMap().keySet()));
  }

  Output input(String name) {
    return tensor(signature.getInputsMap(), name);
  }

  Output output(String name) {
    return tensor(signature.getOutputsMap(), name);
  }

  private Output tensor(Map<String, TensorInfo> named, String name) {
    TensorInfo t = named.get(name);
    if (t == null) {
      return graph.output(prefix + name);
    }
    if (t.getName().isEmpty()) {
      throw new InvalidArgumentException(
          "'" + name + "' of the signature is no dense tensor: name its parts in the graph");
    }
    return graph.output(t.getName());
  }

  Operation operation(String name) {
    return graph.operation(prefix + name);
  }
}
