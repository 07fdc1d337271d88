package dev.millrace.graph;

import dev.millrace.proto.OpList;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How a GraphDef is imported; see TensorFlow's {@code import_graph_def}. */
public final class ImportOptions {
  private String prefix = "";
  private final Map<InputRef, Output> inputMap = new LinkedHashMap<>();
  private final Map<InputRef, Operation> controlMap = new LinkedHashMap<>();
  private final List<String> returnElements = new ArrayList<>();
  private boolean clearDevices;
  private OpList producerOps = OpList.getDefaultInstance();

  /** Names as they are in the definition, nothing replaced. */
  public ImportOptions() {}

  /**
   * Puts {@code prefix} and a slash before all names. Like a name scope it stands inside the
   * current one and is made unique; with a slash at the end it is the full name as it stands; empty
   * for no prefix, which is where we start from.
   */
  public ImportOptions prefix(String prefix) {
    this.prefix = prefix;
    return this;
  }

  /**
   * Nodes that take {@code name} shall take {@code x} instead.
   *
   * @param name {@code node} (its first output) or {@code node:k}, as in the definition; {@code
   *     ^node} has those that wait for the node wait for {@code x}'s operation
   */
  public ImportOptions mapInput(String name, Operand x) {
    InputRef ref = InputRef.parse(name);
    if (ref.isControl()) {
      controlMap.put(ref, x.asOutput().op());
    } else {
      inputMap.put(ref, x.asOutput());
    }
    return this;
  }

  /** Nodes that wait for the node {@code name} of the definition shall wait for {@code op}. */
  public ImportOptions mapControlInput(String name, Operation op) {
    controlMap.put(new InputRef(name, InputRef.CONTROL), op);
    return this;
  }

  /**
   * Operations ({@code node}) and outputs ({@code node:k}) that {@link ImportedGraph#returned}
   * shall give, in this order; the import fails if one is not there.
   */
  public ImportOptions returnElements(String... names) {
    Collections.addAll(returnElements, names);
    return this;
  }

  /**
   * The op types as the writer of the definition knew them, such as a meta graph carries: an
   * attribute that is unknown here but has the writer's default value is left out, not an error.
   */
  public ImportOptions producerOps(OpList ops) {
    producerOps = ops;
    return this;
  }

  /** Leaves every node's device open, whatever the definition asks for. */
  public ImportOptions clearDevices() {
    clearDevices = true;
    return this;
  }

  boolean isClearDevices() {
    return clearDevices;
  }

  String prefix() {
    return prefix;
  }

  Map<InputRef, Output> inputMap() {
    return inputMap;
  }

  Map<InputRef, Operation> controlMap() {
    return controlMap;
  }

  List<String> returnElements() {
    return returnElements;
  }

  OpList producerOps() {
    return producerOps;
  }
}
