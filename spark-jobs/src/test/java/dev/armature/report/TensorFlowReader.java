package dev.armature.report;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * TensorFlow's own code for Java, which reads what we have written for TensorBoard. Some of its
 * classes have the names of ND4J's, and so it has a class loader of its own.
 */
public final class TensorFlowReader {
  private static final ClassLoader TENSORFLOW = loader(Path.of("target", "tensorflow"));

  private TensorFlowReader() {}

  /**
   * An event.
   *
   * @param kind of content: {@code FILE_VERSION}, {@code SESSION_LOG} or {@code SUMMARY}
   * @param text of the content, where it is no summary
   * @param scalars by tag
   */
  public record Event(
      double wallTime, long step, String kind, String text, Map<String, Float> scalars) {}

  /** Reads all whole records of a file, up to its end or to where it is cut short. */
  public static List<Event> read(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      Object reader =
          type("org.tensorflow.hadoop.util.TFRecordReader")
              .getConstructor(InputStream.class, boolean.class)
              .newInstance(in, true);
      List<Event> events = new ArrayList<>();
      for (byte[] next = next(reader); next != null; next = next(reader)) {
        events.add(
            event(
                type("org.tensorflow.util.Event")
                    .getMethod("parseFrom", byte[].class)
                    .invoke(null, next)));
      }
      return events;
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The one event file of a run. */
  public static Path fileOf(Path run) {
    try (Stream<Path> files = Files.list(run.resolve("tensorboard"))) {
      List<Path> events =
          files.filter(file -> file.getFileName().toString().contains("tfevents")).toList();
      if (events.size() != 1) {
        throw new AssertionError("expected one file of events, found " + events);
      }
      return events.get(0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] next(Object reader) throws ReflectiveOperationException {
    try {
      return (byte[]) reader.getClass().getMethod("read").invoke(reader);
    } catch (InvocationTargetException refused) {
      if (refused.getCause() instanceof EOFException) {
        return null;
      }
      throw refused;
    }
  }

  private static Event event(Object event) throws ReflectiveOperationException {
    String kind = get(event, "getWhatCase").toString();
    Map<String, Float> scalars = new LinkedHashMap<>();
    if (kind.equals("SUMMARY")) {
      for (Object value : (List<?>) get(get(event, "getSummary"), "getValueList")) {
        scalars.put((String) get(value, "getTag"), (Float) get(value, "getSimpleValue"));
      }
    }
    String text =
        switch (kind) {
          case "FILE_VERSION" -> (String) get(event, "getFileVersion");
          case "SESSION_LOG" -> get(get(event, "getSessionLog"), "getStatus").toString();
          default -> "";
        };
    return new Event(
        (Double) get(event, "getWallTime"), (Long) get(event, "getStep"), kind, text, scalars);
  }

  private static Object get(Object from, String getter) throws ReflectiveOperationException {
    return from.getClass().getMethod(getter).invoke(from);
  }

  private static Class<?> type(String name) throws ClassNotFoundException {
    return Class.forName(name, true, TENSORFLOW);
  }

  private static ClassLoader loader(Path jars) {
    try (Stream<Path> files = Files.list(jars)) {
      List<URL> urls = new ArrayList<>();
      for (Path file : files.sorted().toList()) {
        urls.add(file.toUri().toURL());
      }
      return new OwnFirst(urls.toArray(URL[]::new));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Takes TensorFlow's classes from its jars, and all others from the class path. */
  private static final class OwnFirst extends URLClassLoader {
    OwnFirst(URL[] jars) {
      super(jars, TensorFlowReader.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (!name.startsWith("org.tensorflow.")) {
        return super.loadClass(name, resolve);
      }
      synchronized (getClassLoadingLock(name)) {
        Class<?> loaded = findLoadedClass(name);
        return loaded == null ? findClass(name) : loaded;
      }
    }
  }
}
