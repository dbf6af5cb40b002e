// Made by `npm run machines` from machines/worker.ts, for Stately's editors.
import { createMachine } from 'xstate';

export const workerMachine = createMachine({
  "id": "worker",
  "on": {
    "PROCESS_STARTED": {
      "actions": "noteProcess"
    },
    "CONTROL_ASKED": {
      "actions": "refuseControl"
    },
    "DRAFTED": {
      "actions": "noteDraft"
    },
    "SET_UP_CHANGED": {
      "actions": "noteSetUp"
    }
  },
  "initial": "spawning",
  "states": {
    "spawning": {
      "description": "The first turn starts.",
      "tags": "active",
      "initial": "queued",
      "states": {
        "queued": {
          "description": "Waits for a slot. The number of slots limits how many workers run at once.",
          "entry": "requestSlot",
          "on": {
            "SLOT": [
              {
                "guard": "hasProcess",
                "target": "handed_over",
                "actions": [
                  "holdSlot",
                  "sendPrompt",
                  {
                    "type": "awaitReply",
                    "params": "accepted"
                  }
                ]
              },
              {
                "target": "starting",
                "actions": [
                  "holdSlot",
                  "startProcess"
                ]
              }
            ],
            "EXITED": {
              "actions": "forgetProcess"
            },
            "STOP": [
              {
                "guard": "hasProcess",
                "target": "#worker.stopping",
                "actions": [
                  {
                    "type": "endBecause",
                    "params": "stopped"
                  },
                  "terminateProcess"
                ]
              },
              {
                "target": "#worker.failed",
                "actions": {
                  "type": "fail",
                  "params": "stopped"
                }
              }
            ],
            "STORAGE_FAILED": [
              {
                "guard": "hasProcess",
                "target": "#worker.stopping",
                "actions": [
                  "endForStorage",
                  "terminateProcess"
                ]
              },
              {
                "target": "#worker.failed",
                "actions": "failForStorage"
              }
            ],
            "ADOPT": {
              "target": "queued",
              "reenter": true,
              "actions": "attachIdleProcess"
            }
          }
        },
        "starting": {
          "description": "A new process starts; the turn has not begun yet.",
          "on": {
            "PROMPT_ACCEPTED": {
              "guard": "isThisPrompt",
              "target": "#worker.running",
              "actions": [
                "acceptPrompt",
                "stopAwaiting",
                "armTimeLimit"
              ]
            },
            "PROCESS_STARTED": {
              "actions": [
                "noteProcess",
                {
                  "type": "awaitReply",
                  "params": "initialized"
                }
              ]
            },
            "REPLY_OVERDUE": {
              "guard": "canSendAgain",
              "actions": "sendAgain"
            },
            "START_FAILED": {
              "target": "#worker.failed",
              "actions": [
                "failAsTold",
                "terminateProcess"
              ]
            },
            "STOP": {
              "target": "#worker.stopping",
              "actions": [
                {
                  "type": "endBecause",
                  "params": "stopped"
                },
                "terminateProcess"
              ]
            },
            "STORAGE_FAILED": {
              "target": "#worker.stopping",
              "actions": [
                "endForStorage",
                "terminateProcess"
              ]
            },
            "ADOPT": {
              "target": "handed_over",
              "reenter": true,
              "actions": [
                "keepSlot",
                "attachProcess"
              ]
            },
            "INITIALIZED": [
              {
                "guard": "agentIsKnown",
                "actions": [
                  "noteModels",
                  "sendPrompt",
                  {
                    "type": "awaitReply",
                    "params": "accepted"
                  }
                ]
              },
              {
                "target": "#worker.failed",
                "actions": [
                  "failForAgent",
                  "terminateProcess"
                ]
              }
            ],
            "RESULT_SEEN": {
              "guard": "isFailureToStart",
              "target": "#worker.failed",
              "actions": [
                "addTotals",
                "failAsTold",
                "noteRefusal"
              ]
            },
            "EXITED": [
              {
                "guard": "hasFoundSession",
                "actions": [
                  "forgetProcess",
                  "stopAwaiting",
                  "beginSession",
                  "startProcess"
                ]
              },
              {
                "target": "#worker.failed",
                "actions": [
                  "failAsTold",
                  "forgetProcess"
                ]
              }
            ]
          },
          "after": {
            "startDeadline": {
              "target": "#worker.failed",
              "actions": [
                {
                  "type": "fail",
                  "params": "start_timeout"
                },
                "killProcess"
              ]
            }
          }
        },
        "handed_over": {
          "description": "An older process has the prompt. If it exits or stays busy, a new process gets the prompt.",
          "on": {
            "PROMPT_ACCEPTED": {
              "guard": "isThisPrompt",
              "target": "#worker.running",
              "actions": [
                "acceptPrompt",
                "stopAwaiting",
                "armTimeLimit"
              ]
            },
            "PROCESS_STARTED": {
              "actions": [
                "noteProcess",
                {
                  "type": "awaitReply",
                  "params": "initialized"
                }
              ]
            },
            "REPLY_OVERDUE": {
              "guard": "canSendAgain",
              "actions": "sendAgain"
            },
            "START_FAILED": {
              "target": "#worker.failed",
              "actions": [
                "failAsTold",
                "terminateProcess"
              ]
            },
            "STOP": {
              "target": "#worker.stopping",
              "actions": [
                {
                  "type": "endBecause",
                  "params": "stopped"
                },
                "terminateProcess"
              ]
            },
            "STORAGE_FAILED": {
              "target": "#worker.stopping",
              "actions": [
                "endForStorage",
                "terminateProcess"
              ]
            },
            "ADOPT": {
              "target": "handed_over",
              "reenter": true,
              "actions": [
                "keepSlot",
                "attachProcess"
              ]
            },
            "ATTACHED": {
              "actions": "killProcess"
            },
            "INITIALIZED": [
              {
                "guard": "agentIsKnown",
                "target": "starting",
                "actions": [
                  "noteModels",
                  "sendPrompt",
                  {
                    "type": "awaitReply",
                    "params": "accepted"
                  }
                ]
              },
              {
                "target": "#worker.failed",
                "actions": [
                  "failForAgent",
                  "terminateProcess"
                ]
              }
            ],
            "RESULT_SEEN": {
              "guard": "isFailureOfPrompt",
              "target": "#worker.failed",
              "actions": [
                "addTotals",
                "failAsTold",
                "noteRefusal"
              ]
            },
            "EXITED": [
              {
                "guard": "hasFoundSession",
                "target": "starting",
                "actions": [
                  "forgetProcess",
                  "stopAwaiting",
                  "beginSession",
                  "startProcess"
                ]
              },
              {
                "target": "starting",
                "actions": [
                  "forgetProcess",
                  "stopAwaiting",
                  "startProcess"
                ]
              }
            ]
          },
          "after": {
            "startDeadline": {
              "actions": "killProcess"
            },
            "handOverDeadline": {
              "target": "#worker.failed",
              "actions": {
                "type": "fail",
                "params": "start_timeout"
              }
            }
          }
        }
      },
      "on": {
        "IMPORTED": [
          {
            "guard": "isImportedFailure",
            "target": "failed",
            "actions": "takeOver"
          },
          {
            "target": "completed",
            "actions": "takeOver"
          }
        ],
        "TURN_OPENED": {
          "guard": "holdsSlot",
          "target": "running",
          "actions": [
            "acceptPrompt",
            "stopAwaiting",
            "beginSession",
            "noteModel",
            "noteSum",
            "noteSetUp",
            "armTimeLimit"
          ]
        },
        "PERMISSION_ASKED": {
          "actions": "refuseRequest"
        }
      }
    },
    "running": {
      "description": "The turn runs.",
      "tags": "active",
      "on": {
        "MESSAGE_SEEN": {
          "actions": "noteModel"
        },
        "TURN_OPENED": {
          "actions": [
            "beginSession",
            "noteModel",
            "noteSum",
            "noteSetUp"
          ]
        },
        "RESULT_SEEN": [
          {
            "guard": "isAnswered",
            "target": "completed",
            "actions": [
              "addTotals",
              "noteRefusal",
              "noteChoice"
            ]
          },
          {
            "guard": "isFailure",
            "target": "failed",
            "actions": [
              "addTotals",
              "failAsTold",
              "noteRefusal"
            ]
          }
        ],
        "EXITED": {
          "target": "failed",
          "actions": [
            "failAsTold",
            "forgetProcess"
          ]
        },
        "TIME_LIMIT_REACHED": {
          "target": "stopping",
          "actions": {
            "type": "endBecause",
            "params": "time_limit"
          }
        },
        "STOP": {
          "target": "stopping",
          "actions": {
            "type": "endBecause",
            "params": "stopped"
          }
        },
        "STORAGE_FAILED": {
          "target": "stopping",
          "actions": "endForStorage"
        },
        "ANSWER_ACKNOWLEDGED": {
          "guard": "isUnacknowledged",
          "actions": [
            "acknowledgeAnswer",
            {
              "type": "awaitReply",
              "params": "acknowledged"
            }
          ]
        },
        "REPLY_OVERDUE": [
          {
            "guard": "canSendAgain",
            "actions": "sendAgain"
          },
          {
            "guard": "isAwaited",
            "target": "stopping",
            "actions": "endForSilence"
          }
        ],
        "ADOPT": {
          "actions": [
            "keepSlot",
            "attachProcess",
            "resendAnswers",
            {
              "type": "awaitReply",
              "params": "acknowledged"
            },
            "disarmTimeLimit",
            "armTimeLimit"
          ]
        },
        "PERMISSION_ASKED": {
          "target": "awaiting_permission",
          "actions": [
            "openRequest",
            {
              "type": "awaitReply",
              "params": "acknowledged"
            }
          ]
        }
      }
    },
    "awaiting_permission": {
      "description": "One or more tool calls wait for an answer. Only an answer lets them run.",
      "tags": "active",
      "on": {
        "MESSAGE_SEEN": {
          "actions": "noteModel"
        },
        "TURN_OPENED": {
          "actions": [
            "beginSession",
            "noteModel",
            "noteSum",
            "noteSetUp"
          ]
        },
        "RESULT_SEEN": [
          {
            "guard": "isAnswered",
            "target": "completed",
            "actions": [
              "addTotals",
              "noteRefusal",
              "noteChoice"
            ]
          },
          {
            "guard": "isFailure",
            "target": "failed",
            "actions": [
              "addTotals",
              "failAsTold",
              "noteRefusal"
            ]
          }
        ],
        "EXITED": {
          "target": "failed",
          "actions": [
            "failAsTold",
            "forgetProcess"
          ]
        },
        "TIME_LIMIT_REACHED": {
          "target": "stopping",
          "actions": {
            "type": "endBecause",
            "params": "time_limit"
          }
        },
        "STOP": {
          "target": "stopping",
          "actions": {
            "type": "endBecause",
            "params": "stopped"
          }
        },
        "STORAGE_FAILED": {
          "target": "stopping",
          "actions": "endForStorage"
        },
        "ANSWER_ACKNOWLEDGED": {
          "guard": "isUnacknowledged",
          "actions": [
            "acknowledgeAnswer",
            {
              "type": "awaitReply",
              "params": "acknowledged"
            }
          ]
        },
        "REPLY_OVERDUE": [
          {
            "guard": "canSendAgain",
            "actions": "sendAgain"
          },
          {
            "guard": "isAwaited",
            "target": "stopping",
            "actions": "endForSilence"
          }
        ],
        "ADOPT": {
          "actions": [
            "keepSlot",
            "attachProcess",
            "resendAnswers",
            {
              "type": "awaitReply",
              "params": "acknowledged"
            },
            "disarmTimeLimit",
            "armTimeLimit"
          ]
        },
        "PERMISSION_ASKED": {
          "actions": [
            "openRequest",
            {
              "type": "awaitReply",
              "params": "acknowledged"
            }
          ]
        },
        "ANSWER_PERMISSION": [
          {
            "guard": "isLastRequest",
            "target": "running",
            "actions": [
              "sendAnswer",
              {
                "type": "awaitReply",
                "params": "acknowledged"
              },
              "rememberAnswer",
              "noteApproval",
              "closeRequest"
            ]
          },
          {
            "guard": "isOpenRequest",
            "actions": [
              "sendAnswer",
              {
                "type": "awaitReply",
                "params": "acknowledged"
              },
              "rememberAnswer",
              "noteApproval",
              "closeRequest"
            ]
          }
        ],
        "PERMISSION_WITHDRAWN": [
          {
            "guard": "isLastRequest",
            "target": "running",
            "actions": "closeRequest"
          },
          {
            "guard": "isOpenRequest",
            "actions": "closeRequest"
          }
        ]
      }
    },
    "stopping": {
      "description": "The process must end: an interrupt, then TERM, then KILL of its process group.",
      "tags": "active",
      "entry": [
        "closeAllRequests",
        "stopAwaiting",
        "interruptProcess"
      ],
      "on": {
        "RESULT_SEEN": {
          "actions": [
            "addTotals",
            "terminateProcess"
          ]
        },
        "PERMISSION_ASKED": {
          "actions": "refuseRequest"
        },
        "EXITED": {
          "target": "failed",
          "actions": [
            "failAsEnding",
            "forgetProcess"
          ]
        },
        "START_FAILED": {
          "target": "failed",
          "actions": "failAsEnding"
        },
        "ADOPT": {
          "target": "stopping",
          "reenter": true,
          "actions": [
            "keepSlot",
            "attachProcess"
          ]
        }
      },
      "after": {
        "interruptGrace": {
          "actions": "terminateProcess"
        },
        "terminateGrace": {
          "actions": "killProcess"
        },
        "killGrace": {
          "target": "failed",
          "actions": "failAsStuck"
        }
      }
    },
    "completed": {
      "description": "The turn ended with an answer. The worker can be resumed.",
      "tags": "settled",
      "entry": [
        "freeSlot",
        "closeAllRequests",
        "stopAwaiting",
        "disarmTimeLimit",
        "saveHistory"
      ],
      "on": {
        "SAVED": {
          "guard": "isThisTurn",
          "actions": "markSaved"
        },
        "SAVE_FAILED": {
          "guard": "isThisTurn",
          "actions": "markUnsaved"
        },
        "DELIVERED": {
          "guard": "isUndelivered",
          "actions": "markDelivered"
        },
        "EXITED": {
          "actions": "forgetProcess"
        },
        "RELEASE": {
          "guard": "hasProcess",
          "actions": "terminateProcess"
        },
        "STORAGE_FAILED": {
          "guard": "hasProcess",
          "actions": "terminateProcess"
        },
        "PERMISSION_ASKED": {
          "actions": "refuseRequest"
        },
        "ADOPT": [
          {
            "guard": "isUnsaved",
            "actions": [
              "attachIdleProcess",
              "saveHistory"
            ]
          },
          {
            "actions": "attachIdleProcess"
          }
        ],
        "RESUME": {
          "target": "resumed",
          "actions": "beginTurn"
        }
      }
    },
    "failed": {
      "description": "The turn ended without an answer, for a reason. The worker can be resumed.",
      "tags": "settled",
      "entry": [
        "freeSlot",
        "closeAllRequests",
        "stopAwaiting",
        "disarmTimeLimit",
        "saveHistory",
        "leaveWithoutModel"
      ],
      "on": {
        "SAVED": {
          "guard": "isThisTurn",
          "actions": "markSaved"
        },
        "SAVE_FAILED": {
          "guard": "isThisTurn",
          "actions": "markUnsaved"
        },
        "DELIVERED": {
          "guard": "isUndelivered",
          "actions": "markDelivered"
        },
        "EXITED": {
          "actions": "forgetProcess"
        },
        "RELEASE": {
          "guard": "hasProcess",
          "actions": "terminateProcess"
        },
        "STORAGE_FAILED": {
          "guard": "hasProcess",
          "actions": "terminateProcess"
        },
        "PERMISSION_ASKED": {
          "actions": "refuseRequest"
        },
        "ADOPT": [
          {
            "guard": "isUnsaved",
            "actions": [
              "attachIdleProcess",
              "saveHistory"
            ]
          },
          {
            "actions": "attachIdleProcess"
          }
        ],
        "RESUME": {
          "guard": "hasSession",
          "target": "resumed",
          "actions": "beginTurn"
        }
      }
    },
    "resumed": {
      "description": "A follow-up turn starts, in the living process or in a new process.",
      "tags": "active",
      "initial": "queued",
      "states": {
        "queued": {
          "description": "Waits for a slot. The number of slots limits how many workers run at once.",
          "entry": "requestSlot",
          "on": {
            "SLOT": [
              {
                "guard": "hasProcess",
                "target": "handed_over",
                "actions": [
                  "holdSlot",
                  "sendPrompt",
                  {
                    "type": "awaitReply",
                    "params": "accepted"
                  }
                ]
              },
              {
                "target": "starting",
                "actions": [
                  "holdSlot",
                  "startProcess"
                ]
              }
            ],
            "EXITED": {
              "actions": "forgetProcess"
            },
            "STOP": [
              {
                "guard": "hasProcess",
                "target": "#worker.stopping",
                "actions": [
                  {
                    "type": "endBecause",
                    "params": "stopped"
                  },
                  "terminateProcess"
                ]
              },
              {
                "target": "#worker.failed",
                "actions": {
                  "type": "fail",
                  "params": "stopped"
                }
              }
            ],
            "STORAGE_FAILED": [
              {
                "guard": "hasProcess",
                "target": "#worker.stopping",
                "actions": [
                  "endForStorage",
                  "terminateProcess"
                ]
              },
              {
                "target": "#worker.failed",
                "actions": "failForStorage"
              }
            ],
            "ADOPT": {
              "target": "queued",
              "reenter": true,
              "actions": "attachIdleProcess"
            }
          }
        },
        "starting": {
          "description": "A new process starts; the turn has not begun yet.",
          "on": {
            "PROMPT_ACCEPTED": {
              "guard": "isThisPrompt",
              "target": "#worker.running",
              "actions": [
                "acceptPrompt",
                "stopAwaiting",
                "armTimeLimit"
              ]
            },
            "PROCESS_STARTED": {
              "actions": [
                "noteProcess",
                {
                  "type": "awaitReply",
                  "params": "initialized"
                }
              ]
            },
            "REPLY_OVERDUE": {
              "guard": "canSendAgain",
              "actions": "sendAgain"
            },
            "START_FAILED": {
              "target": "#worker.failed",
              "actions": [
                "failAsTold",
                "terminateProcess"
              ]
            },
            "STOP": {
              "target": "#worker.stopping",
              "actions": [
                {
                  "type": "endBecause",
                  "params": "stopped"
                },
                "terminateProcess"
              ]
            },
            "STORAGE_FAILED": {
              "target": "#worker.stopping",
              "actions": [
                "endForStorage",
                "terminateProcess"
              ]
            },
            "ADOPT": {
              "target": "handed_over",
              "reenter": true,
              "actions": [
                "keepSlot",
                "attachProcess"
              ]
            },
            "INITIALIZED": [
              {
                "guard": "agentIsKnown",
                "actions": [
                  "noteModels",
                  "sendPrompt",
                  {
                    "type": "awaitReply",
                    "params": "accepted"
                  }
                ]
              },
              {
                "target": "#worker.failed",
                "actions": [
                  "failForAgent",
                  "terminateProcess"
                ]
              }
            ],
            "RESULT_SEEN": {
              "guard": "isFailureToStart",
              "target": "#worker.failed",
              "actions": [
                "addTotals",
                "failAsTold",
                "noteRefusal"
              ]
            },
            "EXITED": [
              {
                "guard": "hasFoundSession",
                "actions": [
                  "forgetProcess",
                  "stopAwaiting",
                  "beginSession",
                  "startProcess"
                ]
              },
              {
                "target": "#worker.failed",
                "actions": [
                  "failAsTold",
                  "forgetProcess"
                ]
              }
            ]
          },
          "after": {
            "startDeadline": {
              "target": "#worker.failed",
              "actions": [
                {
                  "type": "fail",
                  "params": "start_timeout"
                },
                "killProcess"
              ]
            }
          }
        },
        "handed_over": {
          "description": "An older process has the prompt. If it exits or stays busy, a new process gets the prompt.",
          "on": {
            "PROMPT_ACCEPTED": {
              "guard": "isThisPrompt",
              "target": "#worker.running",
              "actions": [
                "acceptPrompt",
                "stopAwaiting",
                "armTimeLimit"
              ]
            },
            "PROCESS_STARTED": {
              "actions": [
                "noteProcess",
                {
                  "type": "awaitReply",
                  "params": "initialized"
                }
              ]
            },
            "REPLY_OVERDUE": {
              "guard": "canSendAgain",
              "actions": "sendAgain"
            },
            "START_FAILED": {
              "target": "#worker.failed",
              "actions": [
                "failAsTold",
                "terminateProcess"
              ]
            },
            "STOP": {
              "target": "#worker.stopping",
              "actions": [
                {
                  "type": "endBecause",
                  "params": "stopped"
                },
                "terminateProcess"
              ]
            },
            "STORAGE_FAILED": {
              "target": "#worker.stopping",
              "actions": [
                "endForStorage",
                "terminateProcess"
              ]
            },
            "ADOPT": {
              "target": "handed_over",
              "reenter": true,
              "actions": [
                "keepSlot",
                "attachProcess"
              ]
            },
            "ATTACHED": {
              "actions": "killProcess"
            },
            "INITIALIZED": [
              {
                "guard": "agentIsKnown",
                "target": "starting",
                "actions": [
                  "noteModels",
                  "sendPrompt",
                  {
                    "type": "awaitReply",
                    "params": "accepted"
                  }
                ]
              },
              {
                "target": "#worker.failed",
                "actions": [
                  "failForAgent",
                  "terminateProcess"
                ]
              }
            ],
            "RESULT_SEEN": {
              "guard": "isFailureOfPrompt",
              "target": "#worker.failed",
              "actions": [
                "addTotals",
                "failAsTold",
                "noteRefusal"
              ]
            },
            "EXITED": [
              {
                "guard": "hasFoundSession",
                "target": "starting",
                "actions": [
                  "forgetProcess",
                  "stopAwaiting",
                  "beginSession",
                  "startProcess"
                ]
              },
              {
                "target": "starting",
                "actions": [
                  "forgetProcess",
                  "stopAwaiting",
                  "startProcess"
                ]
              }
            ]
          },
          "after": {
            "startDeadline": {
              "actions": "killProcess"
            },
            "handOverDeadline": {
              "target": "#worker.failed",
              "actions": {
                "type": "fail",
                "params": "start_timeout"
              }
            }
          }
        }
      },
      "on": {
        "TURN_OPENED": {
          "actions": [
            "beginSession",
            "noteModel",
            "noteSum",
            "noteSetUp"
          ]
        },
        "PERMISSION_ASKED": {
          "actions": "refuseRequest"
        }
      }
    }
  },
  "invoke": [
    {
      "id": "process",
      "src": "process"
    },
    {
      "id": "archive",
      "src": "archive"
    }
  ]
});
