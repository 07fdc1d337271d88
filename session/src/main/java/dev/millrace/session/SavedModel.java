package dev.millrace.session;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.millrace.graph.DataLossException;
import dev.millrace.graph.Graph;
import dev.millrace.graph.GraphFiles;
import dev.millrace.graph.ImportOptions;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.MillraceException;
import dev.millrace.graph.NotFoundException;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import dev.millrace.graph.checkpoint.CheckpointReader;
import dev.millrace.ops.MetaGraph;
import dev.millrace.ops.Tensor;
import dev.millrace.proto.AssetFileDef;
import dev.millrace.proto.CollectionDef;
import dev.millrace.proto.MetaGraphDef;
import dev.millrace.proto.SignatureDef;
import dev.millrace.proto.TensorInfo;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * A model from a SavedModel directory, with a session that holds its variables.
 *
 * <pre>{@code
 * try (SavedModel model = SavedModel.load(dir, "serve")) {
 *   var y = model.call("serving_default").feed("x", batch).fetch("y");
 * }
 * }</pre>
 */
public final class SavedModel implements AutoCloseable {
  static final String FILE = "saved_model.pb";
  static final String TEXT_FILE = "saved_model.pbtxt";
  static final String ASSETS = "assets";
  static final String ASSET_KEY = "saved_model_assets";
  static final String MAIN_OP_KEY = "saved_model_main_op";
  static final String LEGACY_INIT_KEY = "legacy_init_op";
  static final String INIT_SIGNATURE = "__saved_model_init_op";

  private final MetaGraph meta;
  private final Session session;

  private SavedModel(MetaGraph meta, Session session) {
    this.meta = meta;
    this.session = session;
  }

  /**
   * Loads the model with just these tags, with default options of the session, but soft placement:
   * a model that was made for other devices runs.
   */
  public static SavedModel load(Path directory, String... tags) {
    SessionOptions options = SessionOptions.builder().allowSoftPlacement(true).build();
    return load(directory, Set.of(tags), options);
  }

  /**
   * Loads the model with just these tags: imports its graph, restores its variables, and runs its
   * initialisation.
   *
   * @throws NotFoundException if there is no model, or none with these tags
   * @throws DataLossException if a file is damaged
   */
  public static SavedModel load(Path directory, Set<String> tags, SessionOptions options) {
    MetaGraph m = MetaGraph.importInto(new Graph(), find(directory, tags), new ImportOptions());
    Session session = new Session(m.graph(), options);
    try {
      Path variables = variables(directory);
      if (m.saverDef() != null && CheckpointReader.exists(variables)) {
        Saver.of(m).restore(session, variables);
      }
      initialize(m, session, directory);
      return new SavedModel(m, session);
    } catch (MillraceException e) {
      session.close();
      throw e;
    }
  }

  static Path variables(Path directory) {
    return directory.resolve("variables").resolve("variables");
  }

  /** Whether the directory holds a model. */
  public static boolean isIn(Path directory) {
    return Files.exists(directory.resolve(FILE)) || Files.exists(directory.resolve(TEXT_FILE));
  }

  private static MetaGraphDef find(Path directory, Set<String> tags) {
    dev.millrace.proto.SavedModel model = read(directory);
    List<Set<String>> there = new ArrayList<>();
    for (MetaGraphDef m : model.getMetaGraphsList()) {
      Set<String> own = new TreeSet<>(m.getMetaInfoDef().getTagsList());
      if (own.equals(tags)) {
        return m;
      }
      there.add(own);
    }
    throw new NotFoundException(
        "the model in " + directory + " has no graph tagged " + tags + "; there are " + there);
  }

  static dev.millrace.proto.SavedModel read(Path directory) {
    if (!isIn(directory)) {
      throw new NotFoundException(
          "there is no model in " + directory + ": neither " + FILE + " nor " + TEXT_FILE);
    }
    Path binary = directory.resolve(FILE);
    return GraphFiles.read(
        Files.exists(binary) ? binary : directory.resolve(TEXT_FILE),
        dev.millrace.proto.SavedModel.getDefaultInstance());
  }

  private static void initialize(MetaGraph m, Session session, Path directory) {
    Operation init = initOp(m);
    if (init == null) {
      return;
    }
    Runner r = session.runner();
    for (AssetFileDef a : assets(m.definition())) {
      r.feed(
          m.tensor(a.getTensorInfo().getName()),
          directory.resolve(ASSETS).resolve(a.getFilename()).toString());
    }
    r.run(init);
  }

  private static Operation initOp(MetaGraph m) {
    for (String key : List.of(MAIN_OP_KEY, LEGACY_INIT_KEY)) {
      CollectionDef c = m.definition().getCollectionDefMap().get(key);
      if (c != null && c.getNodeList().getValueCount() > 0) {
        return m.operation(c.getNodeList().getValue(0));
      }
    }
    SignatureDef s = m.signatures().get(INIT_SIGNATURE);
    if (s != null) {
      for (TensorInfo t : s.getOutputsMap().values()) {
        return m.graph().operation(t.getName().replaceFirst(":.*", ""));
      }
    }
    return null;
  }

  private static List<AssetFileDef> assets(MetaGraphDef m) {
    if (m.getAssetFileDefCount() > 0) {
      return m.getAssetFileDefList();
    }
    List<AssetFileDef> all = new ArrayList<>();
    CollectionDef c = m.getCollectionDefOrDefault(ASSET_KEY, CollectionDef.getDefaultInstance());
    for (Any a : c.getAnyList().getValueList()) {
      try {
        all.add(a.unpack(AssetFileDef.class));
      } catch (InvalidProtocolBufferException e) {
        throw new DataLossException("the model's list of assets is damaged: " + e.getMessage(), e);
      }
    }
    return all;
  }

  public Graph graph() {
    return meta.graph();
  }

  /** The graph with its collections. */
  public MetaGraph metaGraph() {
    return meta;
  }

  /** The session with the model's variables. */
  public Session session() {
    return session;
  }

  /** The ways to call the model, by name. */
  public Map<String, SignatureDef> signatures() {
    return meta.signatures();
  }

  /**
   * Begins a call by a signature.
   *
   * @throws NotFoundException if there is no such signature
   */
  public Call call(String signature) {
    SignatureDef s = signatures().get(signature);
    if (s == null) {
      throw new NotFoundException(
          "the model has no signature '"
              + signature
              + "'; it has "
              + new TreeSet<>(signatures().keySet()));
    }
    return new Call(s);
  }

  @Override
  public void close() {
    session.close();
  }

  /** A call in the making: inputs and outputs by the names of the signature. */
  public final class Call {
    private final SignatureDef signature;
    private final Runner runner = session.runner();

    private Call(SignatureDef signature) {
      this.signature = signature;
    }

    private Tensor tensor(Map<String, TensorInfo> from, String name, String kind) {
      TensorInfo t = from.get(name);
      if (t == null) {
        throw new InvalidArgumentException(
            "the signature has no "
                + kind
                + " '"
                + name
                + "'; it has "
                + new TreeSet<>(from.keySet()));
      }
      return meta.tensor(t.getName());
    }

    /** Gives an input its value. */
    public Call feed(String input, Object value) {
      runner.feed(tensor(signature.getInputsMap(), input, "input"), value);
      return this;
    }

    /** Runs, and gives these outputs. */
    public Fetches fetch(String... outputs) {
      List<Output> all = new ArrayList<>();
      for (String o : outputs) {
        all.add(tensor(signature.getOutputsMap(), o, "output").asOutput());
      }
      return runner.fetch(all);
    }
  }
}
