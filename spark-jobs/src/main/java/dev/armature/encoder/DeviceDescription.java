package dev.armature.encoder;

/**
 * What a backend's device is.
 *
 * @param text what it is and what computes on it, in a line
 * @param memory bytes that it has
 */
public record DeviceDescription(String text, long memory) {}
