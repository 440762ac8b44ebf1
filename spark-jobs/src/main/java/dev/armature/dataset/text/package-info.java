/** Texts of numbers, read fast. */
package dev.armature.dataset.text;
