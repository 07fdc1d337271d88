package dev.millrace.ops;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import dev.millrace.graph.DataLossException;
import dev.millrace.graph.Graph;
import dev.millrace.graph.GraphKeys;
import dev.millrace.graph.MillraceException;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import dev.millrace.proto.CollectionDef;
import dev.millrace.proto.CondContextDef;
import dev.millrace.proto.QueueRunnerDef;
import dev.millrace.proto.VariableDef;
import dev.millrace.proto.WhileContextDef;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Collections in the form that meta graphs have them. Variables, queue runners, operations and
 * tensors become those of the graph; the contexts of loops and conditionals stay messages; numbers,
 * texts and messages of any kind are themselves.
 */
final class CollectionProtos {
  private static final Logger LOG = LoggerFactory.getLogger(CollectionProtos.class);

  private static final List<String> VARIABLES =
      List.of(
          GraphKeys.GLOBAL_VARIABLES,
          GraphKeys.TRAINABLE_VARIABLES,
          GraphKeys.LOCAL_VARIABLES,
          GraphKeys.MODEL_VARIABLES,
          GraphKeys.METRIC_VARIABLES,
          GraphKeys.MOVING_AVERAGE_VARIABLES,
          GraphKeys.GLOBAL_STEP);

  private static final Map<String, Parser<? extends Message>> MESSAGES =
      Map.of(
          GraphKeys.COND_CONTEXT, CondContextDef.parser(),
          GraphKeys.WHILE_CONTEXT, WhileContextDef.parser());

  private CollectionProtos() {}

  // ---- reading

  /**
   * The values of a collection.
   *
   * @param name the name that a node has in the graph, by that in the meta graph
   * @param variable the variable that a definition describes
   */
  static List<Object> read(
      String key,
      CollectionDef def,
      Graph graph,
      Function<String, String> name,
      Function<VariableDef, Variable> variable) {
    List<Object> all = new ArrayList<>();
    switch (def.getKindCase()) {
      case NODE_LIST -> {
        for (String s : def.getNodeList().getValueList()) {
          addNode(key, graph, name.apply(s), all);
        }
      }
      case BYTES_LIST -> {
        for (ByteString b : def.getBytesList().getValueList()) {
          if (key.equals(GraphKeys.QUEUE_RUNNERS)) {
            addRunner(b, graph, name, all);
          } else {
            all.add(message(key, b, variable));
          }
        }
      }
      case INT64_LIST -> all.addAll(def.getInt64List().getValueList());
      case FLOAT_LIST -> all.addAll(def.getFloatList().getValueList());
      case ANY_LIST -> all.addAll(def.getAnyList().getValueList());
      case KIND_NOT_SET -> {}
    }
    return all;
  }

  private static void addNode(String key, Graph graph, String name, List<Object> to) {
    try {
      to.add(name.contains(":") ? graph.output(name) : graph.operation(name));
    } catch (MillraceException e) {
      LOG.warn("collection '{}' names '{}', which is left out: {}", key, name, e.getMessage());
    }
  }

  /** A runner whose operations were cut from the graph is left out, as a node is. */
  private static void addRunner(
      ByteString bytes, Graph graph, Function<String, String> name, List<Object> to) {
    QueueRunnerDef def;
    try {
      def = QueueRunnerDef.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw damaged(GraphKeys.QUEUE_RUNNERS, e);
    }
    try {
      to.add(QueueRunnerProtos.read(def, graph, name));
    } catch (MillraceException e) {
      LOG.warn("the runner of queue '{}' is left out: {}", def.getQueueName(), e.getMessage());
    }
  }

  private static DataLossException damaged(String key, InvalidProtocolBufferException e) {
    return new DataLossException("collection '" + key + "' is damaged: " + e.getMessage(), e);
  }

  private static Object message(
      String key, ByteString bytes, Function<VariableDef, Variable> variable) {
    try {
      if (VARIABLES.contains(key)) {
        return variable.apply(VariableDef.parseFrom(bytes));
      }
      Parser<? extends Message> parser = MESSAGES.get(key);
      if (parser != null) {
        return parser.parseFrom(bytes);
      }
    } catch (InvalidProtocolBufferException e) {
      throw damaged(key, e);
    }
    return bytes.isValidUtf8() ? bytes.toStringUtf8() : bytes;
  }

  // ---- writing

  /** The collection in its wire form; null, with a warning, if it holds what has none. */
  static CollectionDef write(String key, List<Object> values) {
    CollectionDef.Builder b = CollectionDef.newBuilder();
    for (Object v : values) {
      if (!add(b, v)) {
        LOG.warn(
            "collection '{}' is not written: it holds {}, which meta graphs have no form for{}",
            key,
            v.getClass().getSimpleName(),
            b.getKindCase() == CollectionDef.KindCase.KIND_NOT_SET ? "" : " beside what it holds");
        return null;
      }
    }
    return b.build();
  }

  private static boolean add(CollectionDef.Builder to, Object v) {
    CollectionDef.KindCase before = to.getKindCase();
    if (v instanceof Variable x) {
      to.getBytesListBuilder().addValue(definition(x).toByteString());
    } else if (v instanceof QueueRunner x) {
      to.getBytesListBuilder().addValue(QueueRunnerProtos.write(x).toByteString());
    } else if (v instanceof Any x) {
      to.getAnyListBuilder().addValue(x);
    } else if (v instanceof Message x) {
      to.getBytesListBuilder().addValue(x.toByteString());
    } else if (v instanceof String x) {
      to.getBytesListBuilder().addValue(ByteString.copyFromUtf8(x));
    } else if (v instanceof ByteString x) {
      to.getBytesListBuilder().addValue(x);
    } else if (v instanceof Operation x) {
      to.getNodeListBuilder().addValue(x.name());
    } else if (v instanceof Output || v instanceof Tensor) {
      to.getNodeListBuilder().addValue(((dev.millrace.graph.Operand) v).asOutput().name());
    } else if (v instanceof Long || v instanceof Integer) {
      to.getInt64ListBuilder().addValue(((Number) v).longValue());
    } else if (v instanceof Float || v instanceof Double) {
      to.getFloatListBuilder().addValue(((Number) v).floatValue());
    } else {
      return false;
    }
    return before == CollectionDef.KindCase.KIND_NOT_SET || before == to.getKindCase();
  }

  private static VariableDef definition(Variable v) {
    VariableDef.Builder b =
        VariableDef.newBuilder()
            .setVariableName(v.handle().name())
            .setSnapshotName(v.value().asOutput().name())
            .setIsResource(!v.isReference())
            .setTrainable(v.trainable());
    if (v.initializer() != null) {
      b.setInitializerName(v.initializer().name());
    }
    if (v.initialValue() != null) {
      b.setInitialValueName(v.initialValue().asOutput().name());
    }
    VariableSlice s = v.slice();
    if (s != null) {
      var info = b.getSaveSliceInfoDefBuilder().setFullName(s.fullName());
      for (int i = 0; i < s.fullShape().rank(); i++) {
        info.addFullShape(s.fullShape().dim(i))
            .addVarOffset(s.offset().get(i))
            .addVarShape(s.shape().dim(i));
      }
    }
    return b.build();
  }
}
