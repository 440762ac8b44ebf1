package dev.armature.dataset;

import java.io.Serializable;

/**
 * A recording that does not go into the prepared data set.
 *
 * @param id the recording's id, or its file's name where it has none
 * @param fault the kind of reason
 * @param reason what was found, where, and what was expected
 */
public record SetAside(String id, Fault fault, String reason) implements Serializable {}
