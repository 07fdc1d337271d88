package dev.millrace.graph;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.ExtensionRegistryLite;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.TextFormat;
import dev.millrace.proto.GraphDef;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Files of graphs, binary ({@code .pb}) and in protocol buffers' text format ({@code .pbtxt}).
 *
 * <p>Reading goes by the content, since text in a {@code .pb} file is common; writing goes by the
 * name: {@code .pbtxt}, {@code .prototxt} and {@code .txt} are text.
 */
public final class GraphFiles {
  /** Space and comments, then a field's name and what may follow it. */
  private static final Pattern TEXT =
      Pattern.compile("(?:\\s|#[^\\n]*(?:\\n|$))*(?:[a-z_]+\\s*[:{<].*)?", Pattern.DOTALL);

  private static final int HEAD = 256;

  private static final ExtensionRegistryLite NO_EXTENSIONS =
      ExtensionRegistryLite.getEmptyRegistry();

  private GraphFiles() {}

  // ---- graphs

  /**
   * Reads a graph's definition.
   *
   * @throws NotFoundException if there is no such file
   * @throws DataLossException if it is damaged or cut off
   * @throws InvalidArgumentException if it is text with a mistake; the message tells the line
   */
  public static GraphDef read(Path file) {
    return read(file, GraphDef.getDefaultInstance());
  }

  /**
   * Reads a definition from bytes, binary or text.
   *
   * @throws DataLossException as {@link #read(Path)} does
   * @throws InvalidArgumentException as {@link #read(Path)} does
   */
  public static GraphDef parse(byte[] content) {
    return parse(content, GraphDef.getDefaultInstance(), "the graph");
  }

  /**
   * Reads a definition from text.
   *
   * @throws InvalidArgumentException if there is a mistake; the message tells the line
   */
  public static GraphDef parseText(String text) {
    return parseText(text, GraphDef.getDefaultInstance(), "the graph");
  }

  /** The definition of {@code graph} as text. */
  public static String toText(Graph graph) {
    return TextFormat.printer().printToString(graph.toGraphDef());
  }

  /** Writes the definition of {@code graph}, as {@link #write(Path, Message)} does. */
  public static void write(Path file, Graph graph) {
    write(file, graph.toGraphDef());
  }

  // ---- any message

  /**
   * Reads a message of the type of {@code like}, as {@link #read(Path)} reads a graph; such are
   * meta graphs and saved models.
   */
  public static <T extends Message> T read(Path file, T like) {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
      in.mark(HEAD);
      byte[] head = in.readNBytes(HEAD);
      in.reset();
      // The whole of a file that might be text is kept, to be looked at in the other way as well.
      return looksLikeText(head)
          ? parse(in.readAllBytes(), like, file.toString())
          : cast(like, like.getParserForType().parseFrom(in, NO_EXTENSIONS));
    } catch (InvalidProtocolBufferException e) {
      throw damaged(file.toString(), e);
    } catch (IOException e) {
      throw failed("read", file, e);
    }
  }

  /** Text and binary can begin alike; where one reading fails, the other is tried. */
  private static <T extends Message> T parse(byte[] content, T like, String what) {
    boolean text = looksLikeText(content);
    InvalidArgumentException textError = null;
    if (text) {
      try {
        return parseText(new String(content, StandardCharsets.UTF_8), like, what);
      } catch (InvalidArgumentException e) {
        textError = e;
      }
    }
    try {
      return cast(like, like.getParserForType().parseFrom(content, NO_EXTENSIONS));
    } catch (InvalidProtocolBufferException e) {
      throw text ? textError : damaged(what, e);
    }
  }

  private static boolean looksLikeText(byte[] content) {
    int n = Math.min(content.length, HEAD);
    return n > 0 && TEXT.matcher(new String(content, 0, n, StandardCharsets.UTF_8)).matches();
  }

  private static <T extends Message> T parseText(String text, T like, String what) {
    Message.Builder b = like.newBuilderForType();
    try {
      TextFormat.getParser().merge(text, b);
    } catch (TextFormat.ParseException e) {
      throw new InvalidArgumentException(
          what
              + " is not a "
              + like.getDescriptorForType().getName()
              + " in text form, at line "
              + e.getLine()
              + ", column "
              + e.getColumn()
              + ": "
              + e.getMessage(),
          e);
    }
    return cast(like, b.build());
  }

  @SuppressWarnings("unchecked") // a message's own parser and builder make messages of its class
  private static <T extends Message> T cast(T like, Message m) {
    return (T) like.getClass().cast(m);
  }

  private static DataLossException damaged(String what, IOException e) {
    return new DataLossException(what + " is damaged or cut off: " + e.getMessage(), e);
  }

  /**
   * Writes a message, as text or binary by the file's name. The file appears, or is replaced, when
   * it is complete; directories are made as needed.
   *
   * @throws PermissionDeniedException if that is not allowed
   * @throws UnknownException if writing fails otherwise
   */
  public static void write(Path file, Message message) {
    Path target = file.toAbsolutePath();
    try {
      Files.createDirectories(target.getParent());
      // Not Files.createTempFile, whose files nobody else may read.
      Path temporary = target.resolveSibling(target.getFileName() + "." + UUID.randomUUID());
      try {
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(temporary))) {
          if (isTextName(target)) {
            out.write(TextFormat.printer().printToString(message).getBytes(StandardCharsets.UTF_8));
          } else {
            CodedOutputStream coded = CodedOutputStream.newInstance(out);
            coded.useDeterministicSerialization();
            message.writeTo(coded);
            coded.flush();
          }
        }
        move(temporary, target);
      } finally {
        Files.deleteIfExists(temporary);
      }
    } catch (IOException e) {
      throw failed("write", file, e);
    }
  }

  private static void move(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private static boolean isTextName(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    return name.endsWith(".pbtxt") || name.endsWith(".prototxt") || name.endsWith(".txt");
  }

  private static MillraceException failed(String verb, Path file, IOException e) {
    String message = "cannot " + verb + " " + file;
    if (e instanceof NoSuchFileException) {
      return new NotFoundException(message + ": there is no such file", e);
    } else if (e instanceof AccessDeniedException) {
      return new PermissionDeniedException(message + ": it is not allowed", e);
    }
    String reason = e instanceof FileSystemException f ? f.getReason() : e.getMessage();
    return new UnknownException(message + ": " + reason, e);
  }
}
