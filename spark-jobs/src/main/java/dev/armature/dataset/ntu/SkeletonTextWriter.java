package dev.armature.dataset.ntu;

import dev.armature.dataset.BodyTracks;
import java.nio.charset.StandardCharsets;

/**
 * Writes bodies as NTU RGB+D's recorder does, with CRLF and all fields, so that generated motion
 * can stand in for recorded files.
 */
public final class SkeletonTextWriter {
  /** Ids of the size that the sensor gives. */
  private static final long FIRST_ID = 72057594037931101L;

  // Kinect v2's depth camera: focal length and centre in pixels of 512 × 424, and its colour
  // camera.
  private static final double DEPTH_FOCUS = 365;
  private static final double DEPTH_X = 256;
  private static final double DEPTH_Y = 212;
  private static final double COLOUR_FOCUS = 1060;
  private static final double COLOUR_X = 960;
  private static final double COLOUR_Y = 540;

  private SkeletonTextWriter() {}

  /** The text of a recording; bodies that are not seen in a frame are left out of it. */
  public static byte[] write(BodyTracks tracks) {
    StringBuilder text = new StringBuilder(tracks.coordinates().length * 36);
    text.append(tracks.frames()).append("\r\n");
    for (int frame = 0; frame < tracks.frames(); frame++) {
      int seen = 0;
      for (int body = 0; body < tracks.bodies(); body++) {
        seen += tracks.seen(body, frame) ? 1 : 0;
      }
      text.append(seen).append("\r\n");
      for (int body = 0; body < tracks.bodies(); body++) {
        if (tracks.seen(body, frame)) {
          writeBody(text, tracks, body, frame);
        }
      }
    }
    return text.toString().getBytes(StandardCharsets.US_ASCII);
  }

  private static void writeBody(StringBuilder text, BodyTracks tracks, int body, int frame) {
    text.append(FIRST_ID + body).append(" 0 1 1 1 1 0 0.02764709 0.05745083 2\r\n");
    text.append(tracks.joints()).append("\r\n");
    for (int joint = 0; joint < tracks.joints(); joint++) {
      int at = tracks.offset(body, frame, joint);
      float x = tracks.coordinates()[at];
      float y = tracks.coordinates()[at + 1];
      float z = tracks.coordinates()[at + 2];
      double depth = Math.max(z, 0.1);
      text.append(x).append(' ').append(y).append(' ').append(z).append(' ');
      text.append((float) (DEPTH_X + DEPTH_FOCUS * x / depth)).append(' ');
      text.append((float) (DEPTH_Y - DEPTH_FOCUS * y / depth)).append(' ');
      text.append((float) (COLOUR_X + COLOUR_FOCUS * x / depth)).append(' ');
      text.append((float) (COLOUR_Y - COLOUR_FOCUS * y / depth));
      text.append(" -0.2059419 0.05349901 0.9692109 -0.1239193 2\r\n");
    }
  }
}
