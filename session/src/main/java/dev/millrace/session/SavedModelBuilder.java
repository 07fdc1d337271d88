package dev.millrace.session;

import com.google.protobuf.Any;
import dev.millrace.graph.AlreadyExistsException;
import dev.millrace.graph.Graph;
import dev.millrace.graph.GraphFiles;
import dev.millrace.graph.GraphKeys;
import dev.millrace.graph.Operand;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import dev.millrace.graph.ShapeProtos;
import dev.millrace.graph.UnknownException;
import dev.millrace.ops.MetaGraph;
import dev.millrace.ops.MetaGraphWriter;
import dev.millrace.proto.AssetFileDef;
import dev.millrace.proto.CollectionDef;
import dev.millrace.proto.DataType;
import dev.millrace.proto.MetaGraphDef;
import dev.millrace.proto.SignatureDef;
import dev.millrace.proto.TensorInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes a SavedModel: the graph, the values of its variables, how to call it, and files that it
 * reads.
 *
 * <pre>{@code
 * SavedModel.load(
 *     new SavedModelBuilder(session)
 *         .signature("serving_default", Map.of("x", x), Map.of("y", y))
 *         .save(dir, "serve"), "serve");
 * }</pre>
 */
public final class SavedModelBuilder {
  private static final String PREDICT = "tensorflow/serving/predict";

  private final Session session;
  private final Map<String, SignatureDef> signatures = new LinkedHashMap<>();
  private final Map<Output, Path> assets = new LinkedHashMap<>();
  private Operation mainOp;

  /** A model of the session's graph and the values that its variables have now. */
  public SavedModelBuilder(Session session) {
    this.session = session;
  }

  /** A way to call the model, of the usual method. */
  public SavedModelBuilder signature(
      String name, Map<String, ? extends Operand> inputs, Map<String, ? extends Operand> outputs) {
    return signature(name, PREDICT, inputs, outputs);
  }

  /** A way to call the model. */
  public SavedModelBuilder signature(
      String name,
      String method,
      Map<String, ? extends Operand> inputs,
      Map<String, ? extends Operand> outputs) {
    SignatureDef.Builder b = SignatureDef.newBuilder().setMethodName(method);
    inputs.forEach((k, x) -> b.putInputs(k, info(x)));
    outputs.forEach((k, x) -> b.putOutputs(k, info(x)));
    signatures.put(name, b.build());
    return this;
  }

  private TensorInfo info(Operand x) {
    Output o = session.own(x.asOutput());
    return TensorInfo.newBuilder()
        .setName(o.name())
        .setDtype(DataType.forNumber(o.dtype().number()))
        .setTensorShape(ShapeProtos.write(o.shape()))
        .build();
  }

  /** A file that is copied into the model; the tensor, a string, is fed its path on loading. */
  public SavedModelBuilder asset(Operand fileName, Path file) {
    assets.put(session.own(fileName.asOutput()), file);
    return this;
  }

  /** What is run when the model is loaded, after the variables are restored. */
  public SavedModelBuilder mainOp(Operation op) {
    mainOp = op;
    return this;
  }

  /**
   * Writes the model.
   *
   * @param directory made as needed; it must not hold a model yet
   * @return the directory
   * @throws AlreadyExistsException if there is a model in the directory
   */
  public Path save(Path directory, String... tags) {
    if (SavedModel.isIn(directory)) {
      throw new AlreadyExistsException("there is a model in " + directory + " already");
    }
    Graph graph = session.graph();
    MetaGraphWriter w = MetaGraph.writer(graph).tags(List.of(tags));
    if (!graph.collection(GraphKeys.GLOBAL_VARIABLES).isEmpty()) {
      Saver saver = Saver.builder(graph).maxToKeep(0).build();
      saver.save(
          session,
          SavedModel.variables(directory),
          new SaveOptions().writeMetaGraph(false).writeState(false));
      w = MetaGraph.writer(graph).tags(List.of(tags)).saver(saver.toProto());
    }
    signatures.forEach(w::signature);
    List<AssetFileDef> files = copyAssets(directory);
    files.forEach(w::asset);
    MetaGraphDef.Builder m = w.build().toBuilder();
    if (!files.isEmpty()) { // where TensorFlow 1 looks
      CollectionDef.Builder c = CollectionDef.newBuilder();
      files.forEach(f -> c.getAnyListBuilder().addValue(Any.pack(f)));
      m.putCollectionDef(SavedModel.ASSET_KEY, c.build());
    }
    if (mainOp != null) {
      CollectionDef.Builder c = CollectionDef.newBuilder();
      c.getNodeListBuilder().addValue(mainOp.name());
      m.putCollectionDef(SavedModel.MAIN_OP_KEY, c.build());
    }
    GraphFiles.write(
        directory.resolve(SavedModel.FILE),
        dev.millrace.proto.SavedModel.newBuilder()
            .setSavedModelSchemaVersion(1)
            .addMetaGraphs(m)
            .build());
    return directory;
  }

  private List<AssetFileDef> copyAssets(Path directory) {
    List<AssetFileDef> all = new ArrayList<>();
    for (Map.Entry<Output, Path> a : assets.entrySet()) {
      Path to = directory.resolve(SavedModel.ASSETS);
      Path name = a.getValue().getFileName();
      try {
        Files.createDirectories(to);
        Files.copy(a.getValue(), to.resolve(name), StandardCopyOption.REPLACE_EXISTING);
      } catch (IOException e) {
        throw new UnknownException("cannot copy " + a.getValue() + " to " + to + ": " + e, e);
      }
      all.add(
          AssetFileDef.newBuilder()
              .setFilename(name.toString())
              .setTensorInfo(info(a.getKey()))
              .build());
    }
    return all;
  }
}
