/** PKU-MMD I and II as their authors publish them: continuous recordings, labels, lists. */
package dev.armature.dataset.pku;
