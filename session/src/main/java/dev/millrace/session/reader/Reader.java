package dev.millrace.session.reader;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.MillraceException;
import dev.millrace.graph.NotFoundException;
import dev.millrace.graph.PermissionDeniedException;
import dev.millrace.graph.UnimplementedException;
import dev.millrace.graph.UnknownException;
import dev.millrace.graph.record.Compression;
import dev.millrace.proto.ReaderBaseState;
import dev.millrace.session.queue.TensorQueue;
import dev.millrace.session.state.Wait;
import java.io.Closeable;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Gives records one after another: takes pieces of work, as a rule the names of files, from a queue
 * as it needs them. Whoever reads stands in a line. Safe for concurrent use.
 */
public final class Reader implements Closeable {
  private final ReentrantLock lock = new ReentrantLock();
  private final ArrayDeque<Request> line = new ArrayDeque<>();
  private final String name;
  private final boolean identity;
  private final Records.Opener opener;
  private Records open; // null between pieces of work
  private byte[] work = {};
  private long started;
  private long finished;
  private long produced;

  private Reader(String name, boolean identity, Records.Opener opener) {
    this.name = name;
    this.identity = identity;
    this.opener = opener;
  }

  /** Gives each piece of work as it is. */
  public static Reader identity(String name) {
    return new Reader(name, true, Openers.identity());
  }

  /** Gives each file whole. */
  public static Reader wholeFiles(String name) {
    return new Reader(name, false, Openers.wholeFiles());
  }

  /**
   * Gives the lines of files.
   *
   * @param skipped how many to leave out at the beginning of each file
   */
  public static Reader lines(String name, long skipped) {
    return new Reader(name, false, Openers.lines(skipped));
  }

  /** Gives the records of TFRecord files. */
  public static Reader framed(String name, Compression compression) {
    return new Reader(name, false, Openers.framed(compression));
  }

  /** Gives records of one length, which begin {@code hop} bytes apart, 0 for their length. */
  public static Reader fixed(
      String name, long header, long record, long footer, long hop, Compression compression) {
    return new Reader(name, false, Openers.fixed(header, record, footer, hop, compression));
  }

  // ---- reading

  /** Takes records: keys and values, as many of the one as of the other. */
  @FunctionalInterface
  public interface Result {
    void take(List<byte[]> keys, List<byte[]> values);
  }

  /** Reads one record. */
  public Wait read(TensorQueue queue, Result result, Runnable changed) {
    return add(new Request(queue, 1, result, changed));
  }

  /**
   * Reads up to {@code n} records: at least one, and none of the next piece of work when there are
   * some of one.
   */
  public Wait readUpTo(TensorQueue queue, long n, Result result, Runnable changed) {
    return add(new Request(queue, n, result, changed));
  }

  private Wait add(Request r) {
    locked(() -> line.add(r));
    return r;
  }

  private void locked(Runnable action) {
    lock.lock();
    try {
      action.run();
    } finally {
      lock.unlock();
    }
  }

  private final class Request implements Wait {
    private final TensorQueue queue;
    private final long wanted;
    private final Result result;
    private final Runnable changed;
    private final List<byte[]> keys = new ArrayList<>();
    private final List<byte[]> values = new ArrayList<>();
    private Wait dequeue; // of the next piece of work
    private byte[] next;
    private boolean over;
    private MillraceException failure;

    Request(TensorQueue queue, long wanted, Result result, Runnable changed) {
      this.queue = queue;
      this.wanted = wanted;
      this.result = result;
      this.changed = changed;
    }

    @Override
    public boolean isDone() {
      locked(
          () -> {
            if (!over && line.peek() == this) {
              goOn();
            }
          });
      return over;
    }

    private void goOn() {
      try {
        while (keys.size() < wanted) {
          if (open == null && !begin()) {
            return;
          }
          if (!readWork() && !keys.isEmpty()) {
            break;
          }
        }
      } catch (MillraceException e) {
        failure = e;
      } catch (IOException e) {
        failure = failure(e);
      }
      end();
    }

    /** Begins the next piece of work, if there is one; what cannot be opened is left. */
    private boolean begin() throws IOException {
      if (dequeue == null) {
        dequeue = queue.dequeue(element -> next = element[0].strings()[0], changed);
      }
      if (!dequeue.isDone()) {
        return false;
      }
      Wait d = dequeue;
      dequeue = null;
      d.finish();
      work = next;
      open = opener.open(work);
      started++;
      return true;
    }

    /** Takes records of the present work; false where it came to an end. */
    private boolean readWork() throws IOException {
      while (keys.size() < wanted) {
        Records.Item r = open.next();
        if (r != null) {
          keys.add(r.key());
          values.add(r.value());
          produced++;
        }
        if (r == null || open.isOver()) {
          open.close();
          open = null;
          finished = started;
          return false;
        }
      }
      return true;
    }

    private void end() {
      over = true;
      line.remove(this);
      if (!line.isEmpty()) {
        line.peek().changed.run();
      }
    }

    @Override
    public void finish() {
      if (failure != null) {
        throw failure;
      }
      result.take(keys, values);
    }

    @Override
    public void cancel() {
      locked(
          () -> {
            if (over) {
              return;
            }
            if (dequeue != null) {
              dequeue.cancel();
            }
            end();
          });
    }
  }

  private MillraceException failure(IOException e) {
    String message = this + " cannot read '" + new String(work, StandardCharsets.UTF_8) + "': " + e;
    if (e instanceof NoSuchFileException || e instanceof FileNotFoundException) {
      return new NotFoundException(message, e);
    }
    return e instanceof AccessDeniedException
        ? new PermissionDeniedException(message, e)
        : new UnknownException(message, e);
  }

  // ---- what it has done

  /** How many records it has given. */
  public long recordsProduced() {
    long[] n = new long[1];
    locked(() -> n[0] = produced);
    return n[0];
  }

  /** How many pieces of work it has finished. */
  public long workUnitsCompleted() {
    long[] n = new long[1];
    locked(() -> n[0] = finished);
    return n[0];
  }

  /** Begins anew, as if nothing had been read. */
  public void reset() {
    locked(
        () -> {
          closeWork();
          started = 0;
          finished = 0;
          produced = 0;
          work = new byte[0];
        });
  }

  /**
   * The state, to be restored later; only of a reader that gives its work as it is, as in
   * TensorFlow.
   */
  public byte[] state() {
    requireIdentity();
    byte[][] bytes = new byte[1][];
    locked(
        () ->
            bytes[0] =
                ReaderBaseState.newBuilder()
                    .setWorkStarted(started)
                    .setWorkFinished(finished)
                    .setNumRecordsProduced(produced)
                    .setCurrentWork(ByteString.copyFrom(work))
                    .build()
                    .toByteArray());
    return bytes[0];
  }

  /**
   * Restores what {@link #state} gave.
   *
   * @throws InvalidArgumentException if it is no such state
   */
  public void restore(byte[] bytes) {
    requireIdentity();
    ReaderBaseState s;
    try {
      s = ReaderBaseState.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new InvalidArgumentException("this is no state of a reader", e);
    }
    boolean possible =
        s.getWorkStarted() >= 0
            && s.getWorkFinished() >= 0
            && s.getNumRecordsProduced() >= 0
            && s.getWorkStarted() >= s.getWorkFinished();
    if (!possible) {
      throw new InvalidArgumentException("this is no possible state of a reader: " + s);
    }
    locked(
        () -> {
          closeWork();
          started = s.getWorkStarted();
          finished = s.getWorkFinished();
          produced = s.getNumRecordsProduced();
          work = s.getCurrentWork().toByteArray();
          if (started > finished) {
            try {
              open = opener.open(work);
            } catch (IOException e) {
              throw failure(e);
            }
          }
        });
  }

  private void requireIdentity() {
    if (!identity) {
      throw new UnimplementedException(
          "only the state of an IdentityReader can be saved and restored");
    }
  }

  private void closeWork() {
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        throw failure(e);
      }
      open = null;
    }
  }

  @Override
  public void close() {
    locked(this::closeWork);
  }

  @Override
  public String toString() {
    return "reader '" + name + "'";
  }

  /** Decompresses a whole value. */
  public static byte[] decompress(byte[] bytes, Compression compression) throws IOException {
    return Openers.decompress(bytes, compression);
  }
}
