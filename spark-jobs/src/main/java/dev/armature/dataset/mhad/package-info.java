/** UTD-MHAD as its authors publish it: a folder of MATLAB files, one per recording. */
package dev.armature.dataset.mhad;
