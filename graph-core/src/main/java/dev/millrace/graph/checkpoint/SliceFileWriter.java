package dev.millrace.graph.checkpoint;

import com.google.protobuf.ByteString;
import dev.millrace.graph.AlreadyExistsException;
import dev.millrace.graph.DataType;
import dev.millrace.graph.FailedPreconditionException;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.ShapeProtos;
import dev.millrace.graph.TensorValue;
import dev.millrace.graph.UnimplementedException;
import dev.millrace.proto.SavedSlice;
import dev.millrace.proto.SavedSliceMeta;
import dev.millrace.proto.SavedTensorSliceMeta;
import dev.millrace.proto.SavedTensorSlices;
import dev.millrace.proto.TensorProto;
import dev.millrace.proto.VersionDef;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes a checkpoint of TensorFlow's version 1, as the saver nodes of old graphs do: one file,
 * which appears in one instant. The tensors are kept until then.
 */
public final class SliceFileWriter implements AutoCloseable {
  private final Path file;
  private final Map<String, SavedSliceMeta.Builder> metas = new LinkedHashMap<>();
  private final TreeMap<byte[], Piece> pieces = new TreeMap<>(SortedTable::compare);
  private boolean finished;

  private record Piece(String name, TensorSlice slice, TensorValue value) {}

  /** Begins a file of that name. */
  public SliceFileWriter(Path file) {
    this.file = file;
  }

  /**
   * Adds a tensor, or a part of one.
   *
   * @param full the shape of the whole tensor
   * @param slice what part of it {@code value} is
   * @throws AlreadyExistsException if that part is there already
   */
  public void add(String name, Shape full, TensorSlice slice, TensorValue value) {
    if (!slice.shapeIn(full).equals(value.shape())) {
      throw new InvalidArgumentException(
          "tensor '" + name + "': the part " + slice + " of " + full + " is not " + value.shape());
    }
    if (!value.dtype().isDense() && value.dtype() != DataType.STRING) {
      throw new UnimplementedException(
          "tensor '" + name + "' is of " + value.dtype() + ", which checkpoints cannot hold");
    }
    SavedSliceMeta.Builder m =
        metas.computeIfAbsent(
            name,
            k ->
                SavedSliceMeta.newBuilder()
                    .setName(name)
                    .setShape(ShapeProtos.write(full))
                    .setTypeValue(value.dtype().number()));
    if (!m.getShape().equals(ShapeProtos.write(full))
        || m.getTypeValue() != value.dtype().number()) {
      throw new InvalidArgumentException(
          "the parts of tensor '" + name + "' differ in the dtype or shape of the whole");
    }
    if (pieces.putIfAbsent(SliceKeys.of(name, slice), new Piece(name, slice, value)) != null) {
      throw new AlreadyExistsException("the checkpoint has a tensor '" + name + "' already");
    }
    m.addSlice(slice.write());
  }

  /** Writes the file. */
  public void finish() {
    if (finished) {
      throw new FailedPreconditionException("checkpoint " + file + " is finished already");
    }
    Path temporary = BundleFiles.temporary(file);
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      try {
        try (FileChannel c =
            FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
          OutputStream out = new BufferedOutputStream(Channels.newOutputStream(c), 1 << 16);
          write(new TableWriter(out));
          out.flush();
          c.force(true);
        }
        BundleFiles.publish(temporary, file);
      } finally {
        Files.deleteIfExists(temporary);
      }
    } catch (IOException e) {
      throw BundleFiles.failed("write", file, e);
    }
    finished = true;
  }

  private void write(TableWriter table) throws IOException {
    SavedTensorSliceMeta.Builder meta =
        SavedTensorSliceMeta.newBuilder().setVersions(VersionDef.newBuilder().setProducer(1));
    metas.values().forEach(meta::addTensor);
    table.add(new byte[0], SavedTensorSlices.newBuilder().setMeta(meta).build().toByteArray());
    for (Map.Entry<byte[], Piece> e : pieces.entrySet()) {
      Piece p = e.getValue();
      SavedSlice.Builder data =
          SavedSlice.newBuilder()
              .setName(p.name)
              .setSlice(p.slice.write())
              .setData(typedFields(p.value));
      table.add(e.getKey(), SavedTensorSlices.newBuilder().setData(data).build().toByteArray());
    }
    table.finish();
  }

  /** The elements in the field of their dtype, which is where readers of this format look. */
  private static TensorProto typedFields(TensorValue v) {
    TensorProto.Builder b = TensorProto.newBuilder();
    int parts = v.dtype().isComplex() ? 2 * v.size() : v.size();
    for (int i = 0; i < parts; i++) {
      switch (v.dtype()) {
        case FLOAT32 -> b.addFloatVal(v.floats()[i]);
        case FLOAT64 -> b.addDoubleVal(v.doubles()[i]);
        case COMPLEX64 -> b.addScomplexVal(v.floats()[i]);
        case COMPLEX128 -> b.addDcomplexVal(v.doubles()[i]);
        case FLOAT16, BFLOAT16 -> b.addHalfVal(v.shorts()[i] & 0xffff);
        case INT64 -> b.addInt64Val(v.longs()[i]);
        case UINT64 -> b.addUint64Val(v.longs()[i]);
        case UINT32 -> b.addUint32Val(v.ints()[i]);
        case BOOL -> b.addBoolVal(v.bytes()[i] != 0);
        case STRING -> b.addStringVal(ByteString.copyFrom(v.strings()[i]));
        default -> b.addIntVal((int) v.getLong(i));
      }
    }
    return b.build();
  }

  /** Gives up what is not finished. */
  @Override
  public void close() {
    pieces.clear();
  }
}
